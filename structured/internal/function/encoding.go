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
	"math"
	"math/bits"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/cespare/xxhash/v2"

	"github.com/tidewheel/tidewheel/structured/internal/bound"
	"github.com/tidewheel/tidewheel/structured/internal/vector"
	"github.com/tidewheel/tidewheel/structured/types"
)

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
			data, err := base64.StdEncoding.AppendDecode(dst, args[0].String(row))
			if err != nil {
				return nil, noValue("CONVERSION_INVALID_INPUT", fmt.Sprintf("%q is not in base 64", args[0].String(row)))
			}
			return data, nil
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
			digits := args[0].String(row)
			if len(digits)%2 == 1 {
				digits = append([]byte("0"), digits...)
			}
			data, err := hex.AppendDecode(dst, digits)
			if err != nil {
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
	{Name: "hash", Doc: "The 32-bit Murmur3 hash of the arguments, as Spark computes it.", Least: 1, Most: -1, Bind: bindHash(types.Int), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		h := uint32(42)
		for _, arg := range args {
			h = murmur(arg, row, h)
		}
		out.AppendInt(int32(h))
		return nil
	})},
	{Name: "xxhash64", Doc: "The 64-bit xxHash of the arguments, as Spark computes it.", Least: 1, Most: -1, Bind: bindHash(types.Bigint), Kernel: appending(func(out *vector.Column, args []*vector.Column, row int) error {
		h := uint64(42)
		for _, arg := range args {
			h = xx64(arg, row, h)
		}
		out.AppendLong(int64(h))
		return nil
	})},
}

func digest(name, doc string, sum func([]byte) []byte, aliases ...string) Function {
	return Function{
		Name: name, Aliases: aliases, Doc: doc, Params: []types.Type{types.Binary}, Result: types.String,
		Kernel: strictText(func(dst []byte, args []*vector.Column, row int) ([]byte, error) {
			return hex.AppendEncode(dst, sum(args[0].String(row))), nil
		}),
	}
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

func bindHash(result types.Type) func(Binding, []bound.Expr) (bound.Expr, error) {
	return func(b Binding, args []bound.Expr) (bound.Expr, error) { return b.call(b.Name, result, args...), nil }
}

// doubleBits are the bits of a number; zero has one sign and NaN one form, that of Java.
func doubleBits(value float64) uint64 {
	if value != value {
		return 0x7ff8000000000000
	}
	return math.Float64bits(value + 0)
}

func floatBits(value float32) uint32 {
	if value != value {
		return 0x7fc00000
	}
	return math.Float32bits(value + 0)
}

// murmur is Spark's Murmur3_x86_32 of a value, seeded with the hash of the values
// before it; null leaves that as it is.
func murmur(c *vector.Column, row int, seed uint32) uint32 {
	if c.IsNull(row) {
		return seed
	}
	switch c.Type.Layout() {
	case types.LayoutBit:
		return murmurInt(uint32(c.Bools.Bit(row)), seed)
	case types.Layout8, types.Layout16, types.Layout32:
		return murmurInt(uint32(int32(whole(c, row))), seed)
	case types.Layout64:
		return murmurLong(uint64(c.Longs[row]), seed)
	case types.LayoutFloat:
		return murmurInt(floatBits(c.Floats[row]), seed)
	case types.LayoutDouble:
		return murmurLong(doubleBits(c.Doubles[row]), seed)
	case types.LayoutDecimal:
		if c.Type.Precision() <= 18 {
			return murmurLong(c.Decimals[row].LowBits(), seed)
		}
		return murmurBytes(twosComplement(c, row), seed)
	case types.LayoutBytes:
		return murmurBytes(c.String(row), seed)
	case types.LayoutList:
		for i := c.Offsets[row]; i < c.Offsets[row+1]; i++ {
			seed = murmur(&c.Children[0], int(i), seed)
		}
	case types.LayoutStruct:
		for i := range c.Children {
			seed = murmur(&c.Children[i], row, seed)
		}
	}
	return seed
}

// twosComplement is a decimal in as few bytes as hold it, the highest first.
func twosComplement(c *vector.Column, row int) []byte {
	var data [16]byte
	binary.BigEndian.PutUint64(data[:], uint64(c.Decimals[row].HighBits()))
	binary.BigEndian.PutUint64(data[8:], c.Decimals[row].LowBits())
	at := 0
	for at < 15 && (data[at] == 0 && data[at+1] < 0x80 || data[at] == 0xFF && data[at+1] >= 0x80) {
		at++
	}
	return data[at:]
}

func murmurMix(k, h uint32) uint32 {
	k = bits.RotateLeft32(k*0xcc9e2d51, 15) * 0x1b873593
	return bits.RotateLeft32(h^k, 13)*5 + 0xe6546b64
}

func murmurEnd(h, length uint32) uint32 {
	h ^= length
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

func murmurInt(value, seed uint32) uint32 { return murmurEnd(murmurMix(value, seed), 4) }

func murmurLong(value uint64, seed uint32) uint32 {
	return murmurEnd(murmurMix(uint32(value>>32), murmurMix(uint32(value), seed)), 8)
}

// murmurBytes takes words of four bytes and then each byte that is left, with its
// sign, as a word of its own: which is Spark's way and not that of others.
func murmurBytes(data []byte, seed uint32) uint32 {
	h, length := seed, uint32(len(data))
	for ; len(data) >= 4; data = data[4:] {
		h = murmurMix(binary.LittleEndian.Uint32(data), h)
	}
	for _, c := range data {
		h = murmurMix(uint32(int32(int8(c))), h)
	}
	return murmurEnd(h, length)
}

// xx64 is Spark's XXH64 of a value, seeded as murmur is.
func xx64(c *vector.Column, row int, seed uint64) uint64 {
	if c.IsNull(row) {
		return seed
	}
	switch c.Type.Layout() {
	case types.LayoutBit:
		return xxInt(uint32(c.Bools.Bit(row)), seed)
	case types.Layout8, types.Layout16, types.Layout32:
		return xxInt(uint32(int32(whole(c, row))), seed)
	case types.Layout64:
		return xxLong(uint64(c.Longs[row]), seed)
	case types.LayoutFloat:
		return xxInt(floatBits(c.Floats[row]), seed)
	case types.LayoutDouble:
		return xxLong(doubleBits(c.Doubles[row]), seed)
	case types.LayoutDecimal:
		if c.Type.Precision() <= 18 {
			return xxLong(c.Decimals[row].LowBits(), seed)
		}
		return xxBytes(twosComplement(c, row), seed)
	case types.LayoutBytes:
		return xxBytes(c.String(row), seed)
	case types.LayoutList:
		for i := c.Offsets[row]; i < c.Offsets[row+1]; i++ {
			seed = xx64(&c.Children[0], int(i), seed)
		}
	case types.LayoutStruct:
		for i := range c.Children {
			seed = xx64(&c.Children[i], row, seed)
		}
	}
	return seed
}

func xxInt(value uint32, seed uint64) uint64 {
	return xxBytes(binary.LittleEndian.AppendUint32(nil, value), seed)
}

func xxLong(value, seed uint64) uint64 {
	return xxBytes(binary.LittleEndian.AppendUint64(nil, value), seed)
}

func xxBytes(data []byte, seed uint64) uint64 {
	var digest xxhash.Digest
	digest.ResetWithSeed(seed)
	_, _ = digest.Write(data) // which never fails
	return digest.Sum64()
}
