package manifest

import "testing"

func FuzzDecode(f *testing.F) {
	whole, err := encode("manifest", Manifest{Query: "q", Batch: 1, Files: []File{{Name: "a", Size: 1, Rows: 1}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)-3])
	f.Add([]byte("tidewheel manifest 2 00000000\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m Manifest
		if decode("manifest", data, &m) != nil {
			return
		}
		again, err := encode("manifest", m)
		if err != nil {
			t.Fatal(err)
		}
		var n Manifest
		if err := decode("manifest", again, &n); err != nil || n.Batch != m.Batch || len(n.Files) != len(m.Files) {
			t.Fatalf("%+v comes back as %+v, %v", m, n, err)
		}
	})
}
