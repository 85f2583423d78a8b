package function

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Every function says what it does, has one way to be bound, and no other has its
// name.
func TestTheLibraryIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, subject := range All() {
		for _, f := range subject.Functions {
			for _, name := range append([]string{f.Name}, f.Aliases...) {
				if seen[name] {
					t.Errorf("two functions are called %s", name)
				}
				seen[name] = true
			}
			if f.Doc == "" {
				t.Errorf("%s does not say what it does", f.Name)
			}
			if f.Bind == nil && (f.Kernel == nil || f.Result.Kind() == 0 && !f.Operator) {
				t.Errorf("%s has neither a Bind nor a Result and a Kernel", f.Name)
			}
		}
	}
}
