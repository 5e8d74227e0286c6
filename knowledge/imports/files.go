package imports

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// HeadFile is the file that makes a folder an article.
const HeadFile = "article.yaml"

// moreHeading divides the short answer from what is said on wish.
const moreHeading = "## Mehr"

// Folder form: written so that reading it again gives the same draft.

// Render writes the draft as the files of an article's folder, or returns
// those it came with.
func (d *Draft) Render() (map[string]string, error) {
	if d.Files != nil {
		return d.Files, nil
	}
	head, err := encode(d.Head.node())
	if err != nil {
		return nil, fmt.Errorf("write article %s: %w", d.ID, err)
	}
	files := map[string]string{HeadFile: head}
	for language, v := range d.Variants {
		front, err := encode(v.node())
		if err != nil {
			return nil, fmt.Errorf("write article %s in %s: %w", d.ID, language, err)
		}
		text := "---\n" + front + "---\n" + strings.TrimSpace(v.Answer) + "\n"
		if more := strings.TrimSpace(v.More); more != "" {
			text += "\n" + moreHeading + "\n\n" + more + "\n"
		}
		files[language+".md"] = text
	}
	return files, nil
}

func encode(n *yaml.Node) (string, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return "", err
	}
	if err := e.Close(); err != nil {
		return "", err
	}
	return b.String(), nil
}

// record builds a YAML mapping key by key; what is empty is left out.
type record struct{ node yaml.Node }

func (r *record) text(key, value string) {
	if value = strings.TrimSpace(value); value != "" {
		r.add(key, textNode(value))
	}
}

func (r *record) plain(key, value string) {
	if value = strings.TrimSpace(value); value != "" {
		r.add(key, &yaml.Node{Kind: yaml.ScalarNode, Value: value})
	}
}

func (r *record) list(key string, values []string, style yaml.Style) {
	if len(values) == 0 {
		return
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Style: style}
	for _, v := range values {
		list.Content = append(list.Content, textNode(v))
	}
	r.add(key, list)
}

func (r *record) add(key string, value *yaml.Node) {
	r.node.Kind = yaml.MappingNode
	r.node.Content = append(r.node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
}

// textNode is a string in whatever quotes it needs.
func textNode(value string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(value)
	if n.Style == yaml.LiteralStyle {
		n.Style = yaml.DoubleQuotedStyle // a text of several lines stays one value
	}
	return n
}

func (h Head) node() *yaml.Node {
	r := &record{}
	r.node.Kind = yaml.MappingNode
	r.plain("version", strconv.Itoa(max(1, h.Version)))
	r.text("source", h.Source)
	r.plain("valid_from", h.ValidFrom)
	r.plain("valid_to", h.ValidTo)
	r.text("reviewer", h.Reviewer)
	r.text("hand_over", h.HandOver)
	r.text("form", h.Form)
	r.list("keywords", h.Keywords, yaml.FlowStyle)
	r.node.Content = append(r.node.Content, h.extra...)
	return &r.node
}

func (v Variant) node() *yaml.Node {
	r := &record{}
	r.node.Kind = yaml.MappingNode
	r.text("title", v.Title)
	r.list("questions", v.Questions, 0)
	r.list("keywords", v.Keywords, yaml.FlowStyle)
	facts := &record{}
	for _, key := range FactKeys() {
		facts.text(key, v.Facts[key])
	}
	if len(facts.node.Content) > 0 {
		r.add("facts", &facts.node)
	}
	r.node.Content = append(r.node.Content, v.extra...)
	return &r.node
}

// FromFiles reads an article's folder as an editor sees it, without judging
// it; Files stays empty, so that the draft can be changed.
func FromFiles(id string, files map[string]string) (Draft, error) {
	d := Draft{ID: id, Variants: map[string]Variant{}}
	for name, data := range files {
		if name == HeadFile {
			if err := d.readHead(data); err != nil {
				return d, fmt.Errorf("%s/%s: %w", id, name, err)
			}
			continue
		}
		language, ok := strings.CutSuffix(name, ".md")
		if !ok || path.Base(name) != name {
			return d, fmt.Errorf("%s/%s is no file of an article", id, name)
		}
		v, err := readVariant(data)
		if err != nil {
			return d, fmt.Errorf("%s/%s: %w", id, name, err)
		}
		d.Variants[language] = v
	}
	return d, nil
}

func (d *Draft) readHead(data string) error {
	fields, err := readFields(data)
	if err != nil {
		return err
	}
	d.Version, _ = strconv.Atoi(fields.text("version")) // no number: the caller counts
	d.Source, d.ValidFrom, d.ValidTo = fields.text("source"), fields.text("valid_from"), fields.text("valid_to")
	d.Reviewer, d.HandOver, d.Form = fields.text("reviewer"), fields.text("hand_over"), fields.text("form")
	d.Keywords, d.extra = fields.list("keywords"), fields.rest()
	return nil
}

func readVariant(data string) (Variant, error) {
	front, body, err := frontMatter(data)
	if err != nil {
		return Variant{}, err
	}
	fields, err := readFields(front)
	if err != nil {
		return Variant{}, err
	}
	v := Variant{Title: fields.text("title"), Questions: fields.list("questions"), Keywords: fields.list("keywords"), Facts: fields.texts("facts")}
	v.extra = fields.rest()
	v.Answer, v.More = splitMore(body)
	return v, nil
}

// splitMore divides at "## Mehr" or "## More".
func splitMore(body string) (answer, more string) {
	lines := strings.Split(body, "\n")
	at := slices.IndexFunc(lines, func(l string) bool {
		heading, ok := strings.CutPrefix(strings.TrimSpace(l), "## ")
		return ok && (strings.EqualFold(strings.TrimSpace(heading), "mehr") || strings.EqualFold(strings.TrimSpace(heading), "more"))
	})
	if at < 0 {
		return strings.TrimSpace(body), ""
	}
	return strings.TrimSpace(strings.Join(lines[:at], "\n")), strings.TrimSpace(strings.Join(lines[at+1:], "\n"))
}

// frontMatter splits "---" lines off; a text without them is all body.
func frontMatter(data string) (front, body string, err error) {
	data = strings.ReplaceAll(strings.TrimPrefix(data, "\ufeff"), "\r\n", "\n")
	if data != "---" && !strings.HasPrefix(data, "---\n") {
		return "", data, nil
	}
	lines := strings.SplitAfter(data, "\n")
	for i := 1; i < len(lines); i++ {
		if strings.TrimRight(lines[i], " \t\n") == "---" {
			return strings.Join(lines[1:i], ""), strings.Join(lines[i+1:], ""), nil
		}
	}
	return "", "", fmt.Errorf("the front matter has no closing line \"---\"")
}

// fields reads one YAML mapping; each key is taken once.
type fields struct{ node *yaml.Node }

func readFields(data string) (*fields, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(data), &doc); err != nil {
		return nil, fmt.Errorf("not readable as YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	f := &fields{node: &yaml.Node{Kind: yaml.MappingNode}}
	if len(doc.Content) == 0 {
		return f, nil
	}
	if doc.Content[0].Kind != yaml.MappingNode || hasAlias(doc.Content[0]) {
		return nil, fmt.Errorf("expected \"key: value\" lines without anchors and aliases")
	}
	f.node = doc.Content[0]
	return f, nil
}

// hasAlias keeps out what could be much larger than its file.
func hasAlias(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || n.Anchor != "" || slices.ContainsFunc(n.Content, hasAlias)
}

// take returns the value of a key and removes the pair.
func (f *fields) take(key string) *yaml.Node {
	c := f.node.Content
	for i := 0; i+1 < len(c); i += 2 {
		if c[i].Value == key {
			value := c[i+1]
			f.node.Content = slices.Delete(c, i, i+2)
			return value
		}
	}
	return nil
}

func (f *fields) text(key string) string {
	if n := f.take(key); n != nil && n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		return strings.TrimSpace(n.Value)
	}
	return ""
}

func (f *fields) list(key string) []string {
	n := f.take(key)
	if n == nil {
		return nil
	}
	var out []string
	for _, item := range n.Content {
		if text := strings.TrimSpace(item.Value); item.Kind == yaml.ScalarNode && text != "" {
			out = append(out, text)
		}
	}
	return out
}

func (f *fields) texts(key string) map[string]string {
	out := map[string]string{}
	n := f.take(key)
	if n == nil || n.Kind != yaml.MappingNode {
		return out
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if text := strings.TrimSpace(n.Content[i+1].Value); text != "" {
			out[n.Content[i].Value] = text
		}
	}
	return out
}

// rest is what nobody has taken.
func (f *fields) rest() []*yaml.Node {
	for _, n := range f.node.Content {
		n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	}
	return slices.Clone(f.node.Content)
}

// SetField changes one line of an article's head and nothing else; a key that
// is not there comes at the end.
func SetField(head, key, value string) string {
	r := &record{}
	if key == "version" || strings.HasPrefix(key, "valid_") {
		r.plain(key, value)
	} else {
		r.text(key, value)
	}
	line, err := encode(&r.node)
	if err != nil || len(r.node.Content) == 0 {
		return head
	}
	lines := strings.SplitAfter(head, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, key+":") {
			if strings.HasSuffix(l, "\r\n") {
				line = strings.TrimSuffix(line, "\n") + "\r\n"
			}
			lines[i] = line
			return strings.Join(lines, "")
		}
	}
	if head != "" && !strings.HasSuffix(head, "\n") {
		head += "\n"
	}
	return head + line
}
