package regex

import (
	"fmt"
	"strings"
	"testing"
)

// The answers are those of java.util.regex, version 17.
func TestFindAll(t *testing.T) {
	for _, c := range []struct{ expression, text, want string }{
		{`foo(?=bar)`, "foobar foobaz", "[[0 3]]"},
		{`(?<!x)bar`, "xbar bar", "[[5 8]]"},
		{`(?<=[a-z]{1,2})\d+`, "a1b22", "[[1 2] [3 5]]"},
		{`(?=(\d))`, "a1b2", "[[1 1 1 2] [3 3 3 4]]"},
		{`(a|b)\1`, "abbaa", "[[1 3 1 2] [3 5 3 4]]"},
		{`(?i)(a)\1`, "aA", "[[0 2 0 1]]"},
		{`(?<n>.)\k<n>`, "abb", "[[1 3 1 2]]"},
		{`a++ab`, "aaab", "[]"},
		{`(?>a+)b`, "aaab", "[[0 4]]"},
		{`a*`, "xay", "[[0 0] [1 2] [2 2] [3 3]]"},
		{`a*?`, "aa", "[[0 0] [1 1] [2 2]]"},
		{`(a*)*(?=b)`, "aab", "[[0 2 2 2] [2 2 2 2]]"},
		{`(?:a|ab){2,3}c`, "aababc", "[[0 6]]"},
		{`(\w)+?,(?!b)`, "a,b,c", "[[2 4 2 3]]"},
		{`abc$`, "abc\n", "[[0 3]]"},
		{`abc\Z`, "abc\r\n", "[[0 3]]"},
		{`abc\z`, "abc\n", "[]"},
		{`(?m)^b$`, "a\r\nb\nc", "[[3 4]]"},
		{`(?m)^`, "a\n", "[[0 0]]"},
		{`a.b`, "a\rb a\u2028b a-b", "[[10 13]]"},
		{`(?s)a.b`, "a\nb", "[[0 3]]"},
		{`\bé`, "é aé", "[[0 2]]"},
		{`[a-z&&[^bc]]+`, "abcd", "[[0 1] [3 4]]"},
		{`[a[0-3]]+`, "a04", "[[0 2]]"},
		{`[^\W\d_]+`, "a1_b", "[[0 1] [3 4]]"},
		{`[]a]`, "]", "[[0 1]]"},
		{`[a-]`, "-", "[[0 1]]"},
		{`\p{Alpha}+\P{Alpha}`, "ab1", "[[0 3]]"},
		{`\p{IsLatin}\p{L}\pN`, "xß7", "[[0 4]]"},
		{`\h\R\v`, "\t\r\n\v", "[[0 4]]"},
		{`\x41\u0042\x{43}\0104\cA\t`, "ABCD\x01\t", "[[0 6]]"},
		{`\Qa.b\E+`, "a.bb", "[[0 4]]"},
		{`(?x) a  b # c`, "ab", "[[0 2]]"},
		{`(?i:A)b`, "ab aB", "[[0 2]]"},
		{`(?i)É`, "é", "[]"},
		{`(?iu)É`, "é", "[[0 2]]"},
		{`\Ga`, "aab", "[[0 1] [1 2]]"},
		{`(a)|b`, "ab", "[[0 1 0 1] [1 2 -1 -1]]"},
		{`(((((((((((a)))))))))))\11`, "aa", "[[0 2 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1]]"},
		{`a{1001}`, strings.Repeat("a", 1002), "[[0 1001]]"},
	} {
		e, err := Compile(c.expression)
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		got, err := e.FindAll([]byte(c.text), 0)
		if fmt.Sprint(got) != c.want || err != nil {
			t.Errorf("%s in %q: %v, %v; want %s", c.expression, c.text, got, err, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, expression := range []string{`[`, `(`, `)`, `*a`, `a**`, `a|{`, `a{2,1}`, `\y`, `\`, `(?<=a*)b`, `(?<1>a)`, `(?<n>a)(?<n>b)`, `\p{Nope}`, `(?P<n>a)`, `[b-a]`, `\k<n>`, `\x1`} {
		if e, err := Compile(expression); err == nil {
			t.Errorf("%s is taken: %v", expression, e)
		}
	}
}

// Steps and depth are bounded, and a search that comes to a bound is no answer.
func TestBounds(t *testing.T) {
	for _, c := range []struct{ expression, text string }{
		{`^(a|a)*(?!a)b`, strings.Repeat("a", 60)},
		{`(?:a|b)*(?=c)?`, strings.Repeat("ab", 100_000)},
	} {
		e, err := Compile(c.expression)
		if err != nil {
			t.Fatal(err)
		}
		if found, err := e.Find([]byte(c.text)); err == nil {
			t.Errorf("%s found %v", c.expression, found)
		}
	}
}

// An expression that would take the parser or the machine too deep is refused.
func TestTooLarge(t *testing.T) {
	for _, expression := range []string{strings.Repeat("(", 10_000_000), strings.Repeat("(", 1001) + strings.Repeat(")", 1001), strings.Repeat("a", 2<<20)} {
		if _, err := Compile(expression); err == nil || len(err.Error()) > 2000 {
			t.Errorf("%.10s… of %d bytes: %.100v", expression, len(expression), err)
		}
	}
	e, err := Compile(strings.Repeat("(", 999) + "a" + strings.Repeat(")", 999) + strings.Repeat("b", 1<<20-3000) + "(?=c)")
	if err != nil {
		t.Fatal(err)
	}
	if found, err := e.Find([]byte("a" + strings.Repeat("b", 1<<20-3000) + "c")); err != nil || found == nil {
		t.Errorf("a large expression: %v, %v", found, err)
	}
}

func TestReplaceAndSplit(t *testing.T) {
	e, err := Compile(`(?<k>\w)=(\w)`)
	if err != nil {
		t.Fatal(err)
	}
	by, err := e.Replacement(`$2\$${k}$10`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.AppendReplaced(nil, []byte("a=b, c=d"), by)
	if want := "b$aa0, d$cc0"; string(got) != want || err != nil {
		t.Errorf("replaced: %s, %v; want %s", got, err, want)
	}
	for _, text := range []string{"$", "$3", "${no}", `\`} {
		if _, err := e.Replacement(text); err == nil {
			t.Errorf("the replacement %s is taken", text)
		}
	}
	e, err = Compile(`(?<=\d)`)
	if err != nil {
		t.Fatal(err)
	}
	pieces, err := e.Split([]byte("a1b2c"), 2)
	if fmt.Sprintf("%s", pieces) != "[a1 b2c]" || err != nil {
		t.Errorf("split: %s, %v", pieces, err)
	}
}

// FuzzExpression compares the two ways to match, where both can.
func FuzzExpression(f *testing.F) {
	f.Add(`(a|b)+c?`, "abcab")
	f.Add(`[^a]{2,3}?x*`, "bbxxa")
	f.Add(`\bfoo\B|^x$`, "foox foo")
	f.Fuzz(func(t *testing.T, expression, text string) {
		e, err := Compile(expression)
		if err != nil || !e.isLinear([]byte(text)) {
			return
		}
		linear := e.linear.FindStringIndex(text)
		found, err := e.run([]byte(text), 0)
		if err == nil && len(found) > 1 {
			found = found[:2]
		}
		if err == nil && fmt.Sprint(found) != fmt.Sprint(linear) {
			t.Errorf("%q in %q: %v, by Go %v", expression, text, found, linear)
		}
	})
}
