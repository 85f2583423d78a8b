package function

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

// appendBase64 appends the data of a text in base 64, as Java's decoder for MIME does:
// other characters do not count, and padding may be missing.
func appendBase64(dst, text []byte) ([]byte, error) {
	digits := make([]byte, 0, len(text))
	for _, c := range text {
		if isLetter(c) || '0' <= c && c <= '9' || c == '+' || c == '/' {
			digits = append(digits, c)
		}
	}
	if len(digits)%4 == 1 {
		return nil, noValue("CONVERSION_INVALID_INPUT", fmt.Sprintf("%q is not in base 64", text))
	}
	return base64.RawStdEncoding.AppendDecode(dst, digits)
}

var encodingFunctions = []Function{
	digest("md5", "The MD5 checksum in hexadecimal digits.", func(data []byte) []byte { sum := md5.Sum(data); return sum[:] }),
	digest("sha1", "The SHA-1 checksum in hexadecimal digits.", func(data []byte) []byte { sum := sha1.Sum(data); return sum[:] }, "sha"),
	{Name: "sha2", Doc: "The SHA-2 checksum of 224, 256 (also 0), 384 or 512 bits in hexadecimal digits; null for other sizes.", Params: []types.Type{types.Binary, types.Int}, Result: types.String, Kernel: strictText(sha2)},
	{
		Name: "crc32", Doc: "The CRC-32 checksum.", Params: []types.Type{types.Binary}, Result: types.Bigint,
		Kernel: strict(func(out *vector.Column, args []*vector.Column, row int) error {
			out.Longs[row] = int64(crc32.ChecksumIEEE(args[0].String(row)))
			return nil
		}),
	},
	{
		Name: "base64", Doc: "Binary data in base 64.", Params: []types.Type{types.Binary}, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			return base64.StdEncoding.AppendEncode(dst, args[0].String(row)), nil
		}),
	},
	{
		Name: "unbase64", Doc: "The binary data of a string in base 64.", Params: []types.Type{types.String}, Result: types.Binary,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			return appendBase64(dst, args[0].String(row))
		}),
	},
	{
		Name: "hex", Doc: "A bigint, or the bytes of a string or binary data, in hexadecimal digits.", Least: 1, Most: 1,
		Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			switch t := args[0].Type(); {
			case t == types.String || t == types.Binary:
				return b.call("hex", types.String, args...), nil
			default:
				arg, err := b.Arg(args, 0, types.Bigint)
				return b.call("hex", types.String, arg), err
			}
		},
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			if args[0].Type == types.Bigint {
				return upper(dst, strconv.FormatUint(uint64(args[0].Longs[row]), 16)), nil
			}
			return upper(dst, hex.EncodeToString(args[0].String(row))), nil
		}),
	},
	{
		Name: "unhex", Doc: "The binary data of a string of hexadecimal digits; null for other strings.", Params: []types.Type{types.String}, Result: types.Binary,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			data, ok := fromHex(dst, args[0].String(row))
			if !ok {
				return nil, null
			}
			return data, nil
		}),
	},
	{Name: "encode", Doc: "A string as binary data in a character set: UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16BE or UTF-16LE.", Params: twoStrings, Result: types.Binary, Kernel: strictText(encode)},
	{Name: "decode", Doc: "Binary data in a character set as a string. With more arguments: the value behind the first of the following arguments, in pairs, that the first argument equals, null being equal to null; the last argument if there is none.", Least: 2, Most: -1, Bind: bindDecode, Kernel: strictText(decode)},
	{
		Name: "url_encode", Doc: "The string as a part of a query of a URL.", Params: []types.Type{types.String}, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			return append(dst, url.QueryEscape(string(args[0].String(row)))...), nil
		}),
	},
	{
		Name: "try_url_decode", Doc: "url_decode with null for what cannot be decoded.", Least: 1, Most: 1, Bind: func(b Binding, args []bound.Expr) (bound.Expr, error) {
			text, err := b.Arg(args, 0, types.String)
			return b.try("url_decode", types.String, text), err
		},
	},
	{
		Name: "url_decode", Doc: "The string that a part of a query of a URL stands for.", Params: []types.Type{types.String}, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			text, err := url.QueryUnescape(string(args[0].String(row)))
			if err != nil {
				return nil, noValue("CANNOT_DECODE_URL", fmt.Sprintf("%q cannot be decoded", args[0].String(row)))
			}
			return append(dst, text...), nil
		}),
	},
	{Name: "parse_url", Doc: "A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO; with a third argument the value of that key of the query. Null if there is none.", Params: []types.Type{types.String, types.String, types.String}, Optional: 1, Result: types.String, Kernel: strictText(parseURL)},
}

func digest(name, doc string, sum func([]byte) []byte, aliases ...string) Function {
	return Function{
		Name: name, Aliases: aliases, Doc: doc, Params: []types.Type{types.Binary}, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			return hex.AppendEncode(dst, sum(args[0].String(row))), nil
		}),
	}
}

// fromHex appends the bytes that hexadecimal digits say; of an odd number of digits the
// first is a byte.
func fromHex(dst, digits []byte) (data []byte, ok bool) {
	if len(digits)%2 == 1 {
		digits = append([]byte("0"), digits...)
	}
	data, err := hex.AppendDecode(dst, digits)
	return data, err == nil
}

func sha2(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	data := args[0].String(row)
	switch args[1].Ints[row] {
	case 0, 256:
		sum := sha256.Sum256(data)
		return hex.AppendEncode(dst, sum[:]), nil
	case 224:
		sum := sha256.Sum224(data)
		return hex.AppendEncode(dst, sum[:]), nil
	case 384:
		sum := sha512.Sum384(data)
		return hex.AppendEncode(dst, sum[:]), nil
	case 512:
		sum := sha512.Sum512(data)
		return hex.AppendEncode(dst, sum[:]), nil
	}
	return nil, null
}

func encode(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	s, set := string(args[0].String(row)), strings.ToUpper(string(args[1].String(row)))
	switch set {
	case "UTF-8":
		return append(dst, s...), nil
	case "US-ASCII", "ISO-8859-1":
		limit := rune(0x100)
		if set == "US-ASCII" {
			limit = 0x80
		}
		for _, r := range s {
			if r >= limit {
				return nil, noValue("MALFORMED_CHARACTER_CODING", fmt.Sprintf("%q has no form in %s", s, set))
			}
			dst = append(dst, byte(r))
		}
		return dst, nil
	case "UTF-16", "UTF-16BE", "UTF-16LE":
		if set == "UTF-16" {
			dst = append(dst, 0xFE, 0xFF)
		}
		for _, unit := range utf16.Encode([]rune(s)) {
			if set == "UTF-16LE" {
				dst = binary.LittleEndian.AppendUint16(dst, unit)
			} else {
				dst = binary.BigEndian.AppendUint16(dst, unit)
			}
		}
		return dst, nil
	}
	return nil, unknownCharset(set)
}

func unknownCharset(set string) error {
	return noValue("INVALID_PARAMETER_VALUE.CHARSET", fmt.Sprintf("the character set %q is not known", set))
}

func decode(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	data, set := args[0].String(row), strings.ToUpper(string(args[1].String(row)))
	switch set {
	case "UTF-8":
		return append(dst, strings.ToValidUTF8(string(data), "\uFFFD")...), nil
	case "US-ASCII", "ISO-8859-1":
		for _, c := range data {
			dst = append(dst, string(rune(c))...)
		}
		return dst, nil
	case "UTF-16", "UTF-16BE", "UTF-16LE":
		little := set == "UTF-16LE"
		if set == "UTF-16" && len(data) >= 2 && (data[0] == 0xFE && data[1] == 0xFF || data[0] == 0xFF && data[1] == 0xFE) {
			little = data[0] == 0xFF
			data = data[2:]
		}
		units := make([]uint16, 0, len(data)/2)
		for ; len(data) >= 2; data = data[2:] {
			if little {
				units = append(units, binary.LittleEndian.Uint16(data))
			} else {
				units = append(units, binary.BigEndian.Uint16(data))
			}
		}
		return append(dst, string(utf16.Decode(units))...), nil
	}
	return nil, unknownCharset(set)
}

func parseURL(dst []byte, args []*vector.Column, row int) ([]byte, error) {
	text := string(args[0].String(row))
	u, err := url.Parse(text)
	if err != nil {
		return nil, noValue("INVALID_URL", fmt.Sprintf("%q is no URL", text))
	}
	part, present := "", true
	switch string(args[1].String(row)) {
	case "HOST":
		part = u.Hostname()
	case "PATH":
		return append(dst, u.EscapedPath()...), nil
	case "QUERY":
		part = u.RawQuery
		if len(args) == 3 {
			for pair := range strings.SplitSeq(u.RawQuery, "&") {
				if key, value, _ := strings.Cut(pair, "="); key == string(args[2].String(row)) {
					return append(dst, value...), nil
				}
			}
			present = false
		}
	case "REF":
		part = u.EscapedFragment()
	case "PROTOCOL":
		part = u.Scheme
	case "FILE":
		part = u.EscapedPath()
		if u.RawQuery != "" {
			part += "?" + u.RawQuery
		}
	case "AUTHORITY":
		part = u.Host
		if u.User != nil {
			part = u.User.String() + "@" + part
		}
	case "USERINFO":
		part = u.User.String()
	}
	if part == "" || !present {
		return nil, null
	}
	return append(dst, part...), nil
}

func bindDecode(b Binding, args []bound.Expr) (bound.Expr, error) {
	if len(args) > 2 {
		return b.chosen(args)
	}
	data, err := b.Arg(args, 0, types.Binary)
	if err != nil {
		return nil, err
	}
	set, err := b.Arg(args, 1, types.String)
	return b.call("decode", types.String, data, set), err
}

// chosen is CASE with the first argument, to which null is equal if it is null.
func (b Binding) chosen(args []bound.Expr) (bound.Expr, error) {
	var cases []bound.Expr
	for rest := args[1:]; len(rest) > 0; rest = rest[2:] {
		if len(rest) == 1 {
			cases = append(cases, rest[0])
			break
		}
		equal, err := b.library("equal_null", []bound.Expr{args[0], rest[0]})
		if err != nil {
			return nil, err
		}
		cases = append(cases, equal, rest[1])
	}
	return b.choice(cases)
}
