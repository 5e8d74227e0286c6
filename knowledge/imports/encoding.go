package imports

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// decode turns a text file into UTF-8: marked as UTF-8 or UTF-16, plain UTF-8,
// or Windows-1252, which old exports use and which is reported.
func (in *input) decode(data []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil || !utf8.Valid(wide) {
			in.broken(in.at(0), "is not readable as UTF-16; save it as UTF-8")
			return "", false
		}
		data = wide
	}
	if bytes.IndexByte(data, 0) >= 0 {
		in.broken(in.at(lineOf(data, bytes.IndexByte(data, 0))), "is no text file: it holds zero bytes")
		return "", false
	}
	if utf8.Valid(data) {
		return string(data), true
	}
	at := firstInvalid(data)
	// Five bytes mean nothing in Windows-1252; a file with one of them is something else.
	if slices.ContainsFunc(data, func(b byte) bool { return strings.IndexByte("\x81\x8d\x8f\x90\x9d", b) >= 0 }) || hasSequence(data) {
		in.broken(in.at(lineOf(data, at)), "has letters in a wrong encoding; save it as UTF-8")
		return "", false
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		in.broken(in.at(lineOf(data, at)), "has letters in a wrong encoding; save it as UTF-8")
		return "", false
	}
	in.note(Editor, in.at(lineOf(data, at)), "", "", "is not UTF-8 and was read as Windows-1252: look at the umlauts")
	return string(text), true
}

// hasSequence says whether invalid UTF-8 still holds letters of several bytes:
// then it is damaged UTF-8, not Windows-1252.
func hasSequence(data []byte) bool {
	n := 0
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r != utf8.RuneError && size > 1 {
			n++
		}
		data = data[size:]
	}
	return n > 0
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

func lineOf(data []byte, offset int) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), len(data))], []byte("\n"))
}

// declared decodes what an XML declaration names.
func declared(label string, r io.Reader) (io.Reader, error) {
	if strings.EqualFold(label, "utf-8") {
		return r, nil
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, fmt.Errorf("unknown encoding %q", label)
	}
	return e.NewDecoder().Reader(r), nil
}
