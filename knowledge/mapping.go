package knowledge

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// mapping reads one YAML mapping strictly: every key must be asked for, every
// value must have the asked shape, and each complaint carries its line.
type mapping struct {
	file   string
	offset int // lines before the YAML text in its file
	line   int // of the mapping itself
	values map[string]*yaml.Node
	keys   map[string]int // key -> line
	asked  map[string]bool
	broken bool // not readable: what is missing cannot be said
	report *[]Problem
}

// yamlLine finds the place in the messages of the YAML scanner.
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// parseMapping reads text that starts after offset lines of file.
func parseMapping(file string, text []byte, offset int, report *[]Problem) *mapping {
	m := newMapping(file, offset, offset+1, report)
	var doc yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	err := decoder.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return m
	}
	if err != nil {
		m.yamlError(err)
		return m
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		m.complain(offset+1, "holds more than one YAML document; keep one")
	}
	if len(doc.Content) > 0 {
		m.fill(doc.Content[0])
	}
	return m
}

func newMapping(file string, offset, line int, report *[]Problem) *mapping {
	return &mapping{file: file, offset: offset, line: line, report: report,
		values: map[string]*yaml.Node{}, keys: map[string]int{}, asked: map[string]bool{}}
}

func (m *mapping) yamlError(err error) {
	text, line := err.Error(), m.offset+1
	if found := yamlLine.FindStringSubmatch(text); found != nil {
		if n, err := strconv.Atoi(found[1]); err == nil {
			line = m.offset + n
		}
		text = text[len(found[0]):]
	}
	m.complain(line, "not readable as YAML: %s", text)
	m.broken = true
}

func (m *mapping) fill(node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		m.complain(m.offset+node.Line, "expected \"key: value\" lines")
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Kind != yaml.ScalarNode || value.Kind == yaml.AliasNode || key.Value == "<<" {
			m.complain(m.offset+key.Line, "YAML anchors, aliases and merges are not allowed; write the value itself")
			continue
		}
		if _, twice := m.values[key.Value]; twice {
			m.complain(m.offset+key.Line, "key %q is there twice", key.Value)
			continue
		}
		m.values[key.Value] = value
		m.keys[key.Value] = m.offset + key.Line
	}
}

func (m *mapping) complain(line int, format string, args ...any) {
	*m.report = append(*m.report, Problem{File: m.file, Line: line, Text: fmt.Sprintf(format, args...)})
}

// at is the line of a key, or of the mapping when the key is missing.
func (m *mapping) at(key string) int {
	if line, ok := m.keys[key]; ok {
		return line
	}
	return m.line
}

func (m *mapping) get(key string) (*yaml.Node, bool) {
	m.asked[key] = true
	n, ok := m.values[key]
	return n, ok
}

// text returns a scalar as one trimmed string; "" when missing.
func (m *mapping) text(key string) string {
	n, ok := m.get(key)
	if !ok {
		return ""
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		m.complain(m.at(key), "%q must be one text and not empty", key)
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// need is text that must be there.
func (m *mapping) need(key string) string {
	s := m.text(key)
	n, there := m.values[key]
	if s == "" && !m.broken && (!there || (n.Kind == yaml.ScalarNode && n.Tag != "!!null")) {
		m.complain(m.at(key), "%q is missing", key)
	}
	return s
}

func (m *mapping) number(key string) int {
	s := m.need(key)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		m.complain(m.at(key), "%q must be a whole number from 1 on, not %q", key, s)
	}
	return n
}

// whole is an optional number from 0 to most.
func (m *mapping) whole(key string, most int) int {
	s := m.text(key)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > most {
		m.complain(m.at(key), "%q must be a whole number from 0 to %d, not %q", key, most, s)
		return 0
	}
	return n
}

// date reads "2026-01-01" in UTC; zero when missing.
func (m *mapping) date(key string) time.Time {
	s := m.text(key)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		m.complain(m.at(key), "%q must be a date like 2026-01-31, not %q", key, s)
	}
	return t
}

func (m *mapping) list(key string) []string {
	n, ok := m.get(key)
	if !ok {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		m.complain(m.at(key), "%q must be a list", key)
		return nil
	}
	var out []string
	for _, item := range n.Content {
		text := strings.TrimSpace(item.Value)
		if item.Kind != yaml.ScalarNode || text == "" {
			m.complain(m.offset+item.Line, "%q: every entry must be one text (put it in quotes if it contains a colon)", key)
			continue
		}
		out = append(out, text)
	}
	return out
}

// child returns the mapping below key; an empty one when missing.
func (m *mapping) child(key string) *mapping {
	n, ok := m.get(key)
	c := newMapping(m.file, m.offset, m.at(key), m.report)
	if ok {
		c.fill(n)
	}
	return c
}

// texts reads all keys as texts.
func (m *mapping) texts() map[string]string {
	out := map[string]string{}
	for _, key := range m.order() {
		if s := m.need(key); s != "" {
			out[key] = s
		}
	}
	return out
}

// inLanguages reads a text by language, or one in the main language.
func (m *mapping) inLanguages(key string, languages []string) map[string]string {
	if n, ok := m.values[key]; ok && n.Kind == yaml.MappingNode {
		return m.child(key).texts()
	}
	s := m.text(key)
	if s == "" || len(languages) == 0 {
		return nil
	}
	return map[string]string{languages[0]: s}
}

// order lists the keys as they stand in the file.
func (m *mapping) order() []string {
	keys := make([]string, 0, len(m.keys))
	for k := range m.keys {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if m.keys[keys[i]] != m.keys[keys[j]] {
			return m.keys[keys[i]] < m.keys[keys[j]]
		}
		return keys[i] < keys[j]
	})
	return keys
}

// end complains about every key nobody asked for.
func (m *mapping) end() {
	known := make([]string, 0, len(m.asked))
	for k := range m.asked {
		known = append(known, k)
	}
	sort.Strings(known)
	for _, key := range m.order() {
		if !m.asked[key] {
			m.complain(m.keys[key], "unknown key %q (known: %s)", key, strings.Join(known, ", "))
		}
	}
}
