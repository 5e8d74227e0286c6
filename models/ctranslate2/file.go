// Package ctranslate2 reads the model.bin files of CTranslate2: a file in, its named variables out.
//
// Layout, all little-endian: u32 version, specification (u16 length with the closing NUL), u32 revision, u32 count;
// per variable its name, u8 rank, u32 dimensions, u8 type, u32 bytes, data; then u32 count of aliases, two strings each.
package ctranslate2

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// ErrFormat says that the bytes are not a whole CTranslate2 model.
var ErrFormat = errors.New("not a CTranslate2 model")

// Type is the type of a variable's elements.
type Type uint8

// The types that CTranslate2 writes.
const (
	Float32 Type = iota
	Int8
	Int16
	Int32
	Float16
)

// Size is the number of bytes of one element, 0 for an unknown type.
func (t Type) Size() int64 {
	switch t {
	case Int8:
		return 1
	case Int16, Float16:
		return 2
	case Float32, Int32:
		return 4
	}
	return 0
}

// Variable is one tensor of the file; its data stay in the file until Data reads them.
type Variable struct {
	Name string
	Dims []int
	Type Type

	offset, size int64
}

// File is the table of contents of a model.
type File struct {
	Spec      string
	Revision  uint32
	Variables map[string]Variable
	Aliases   map[string]string

	r io.ReaderAt
}

const (
	oldestVersion = 4 // the first with revision and aliases as read here
	newestVersion = 6
	maxRank       = 8
	maxVariables  = 1 << 16
)

// Read reads the table of contents of a model of size bytes. The caller keeps r open while it uses the File.
func Read(r io.ReaderAt, size int64) (*File, error) {
	s := &scanner{r: bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 1<<16), size: size}
	f := &File{Variables: map[string]Variable{}, Aliases: map[string]string{}, r: r}
	if v := s.uint32(); s.err == nil && (v < oldestVersion || v > newestVersion) {
		return nil, fmt.Errorf("%w: version %d", ErrFormat, v)
	}
	f.Spec = s.string()
	f.Revision = s.uint32()
	for range s.count(maxVariables) {
		v := s.variable()
		if s.err != nil {
			break
		}
		f.Variables[v.Name] = v
	}
	for range s.count(maxVariables) {
		alias := s.string()
		f.Aliases[alias] = s.string()
		if s.err != nil {
			break
		}
	}
	if s.err == nil && s.pos != size {
		s.err = fmt.Errorf("%d bytes follow the end", size-s.pos)
	}
	if s.err != nil {
		return nil, fmt.Errorf("%w: at byte %d: %w", ErrFormat, s.pos, s.err)
	}
	return f, nil
}

// Data reads the bytes of the named variable, little-endian and row-major as stored.
func (f *File) Data(name string) ([]byte, error) {
	v, ok := f.Variables[name]
	if !ok {
		return nil, fmt.Errorf("%w: no variable %q", ErrFormat, name)
	}
	data := make([]byte, v.size)
	if _, err := f.r.ReadAt(data, v.offset); err != nil {
		return nil, fmt.Errorf("read variable %s: %w", name, err)
	}
	return data, nil
}

// scanner reads forward and keeps its first error.
type scanner struct {
	r    *bufio.Reader
	pos  int64
	size int64
	err  error
}

func (s *scanner) bytes(n int) []byte {
	buf := make([]byte, n)
	if s.err != nil {
		return buf
	}
	read, err := io.ReadFull(s.r, buf)
	s.pos += int64(read)
	if err != nil {
		s.err = io.ErrUnexpectedEOF
	}
	return buf
}

func (s *scanner) uint8() uint8   { return s.bytes(1)[0] }
func (s *scanner) uint32() uint32 { return binary.LittleEndian.Uint32(s.bytes(4)) }

func (s *scanner) count(most uint32) uint32 {
	n := s.uint32()
	if s.err == nil && n > most {
		s.err = fmt.Errorf("count %d is over %d", n, most)
	}
	if s.err != nil {
		return 0
	}
	return n
}

func (s *scanner) string() string {
	n := int(binary.LittleEndian.Uint16(s.bytes(2)))
	b := s.bytes(n)
	if s.err == nil && (n == 0 || b[n-1] != 0) {
		s.err = errors.New("string without closing NUL")
	}
	if s.err != nil {
		return ""
	}
	return string(b[:n-1])
}

func (s *scanner) variable() Variable {
	v := Variable{Name: s.string()}
	rank := int(s.uint8())
	if s.err == nil && rank > maxRank {
		s.err = fmt.Errorf("variable %s has %d dimensions", v.Name, rank)
	}
	if s.err != nil {
		return v
	}
	for range rank {
		v.Dims = append(v.Dims, int(s.uint32()))
	}
	v.Type = Type(s.uint8())
	v.size = int64(s.uint32())
	v.offset = s.pos
	s.check(v)
	s.skip(v.size)
	return v
}

// check refuses a variable whose bytes do not follow from its dimensions and type.
func (s *scanner) check(v Variable) {
	if s.err != nil {
		return
	}
	if slices.Contains(v.Dims, 0) || v.Type.Size() == 0 {
		s.err = fmt.Errorf("variable %s has dimensions %v and type %d", v.Name, v.Dims, v.Type)
		return
	}
	want := v.Type.Size()
	for _, d := range v.Dims {
		if want > s.size/int64(d) { // also keeps the product from overflowing
			s.err = io.ErrUnexpectedEOF
			return
		}
		want *= int64(d)
	}
	if v.size != want {
		s.err = fmt.Errorf("variable %s: %d bytes for dimensions %v", v.Name, v.size, v.Dims)
	}
}

func (s *scanner) skip(n int64) {
	if s.err != nil {
		return
	}
	if n > s.size-s.pos {
		s.err = io.ErrUnexpectedEOF
		return
	}
	skipped, err := io.CopyN(io.Discard, s.r, n)
	s.pos += skipped
	if err != nil {
		s.err = io.ErrUnexpectedEOF
	}
}
