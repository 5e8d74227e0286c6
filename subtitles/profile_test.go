package subtitles

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	nsTT      = "http://www.w3.org/ns/ttml"
	nsTTP     = nsTT + "#parameter "
	nsTTS     = nsTT + "#styling "
	nsTTM     = nsTT + "#metadata "
	nsXML     = "http://www.w3.org/XML/1998/namespace "
	nsEBUTTS  = "urn:ebu:tt:style "
	lengths   = `^\+?\d+(\.\d+)?%( \+?\d+(\.\d+)?%)$`
	hexColour = `^#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})$`
	mediaTime = `^\d{2,}:[0-5]\d:[0-5]\d(\.\d+)?$`
	nameToken = `^[A-Za-z_][\w.-]*$`
	anything  = `^.*$`
)

// element is what EBU Tech 3380 (2018), section 3, allows in an element of TTML: its children in this order
// and its attributes; an attribute whose pattern has "!" before it must be there.
type element struct {
	children   string
	attributes map[string]string
	text       bool
}

func profile() map[string]element {
	refs := `^[A-Za-z_][\w.-]*( [A-Za-z_][\w.-]*)*$`
	return map[string]element{
		"tt": {children: "^head (body )?$", attributes: map[string]string{
			nsTTP + "timeBase": "!^media$", nsTTP + "cellResolution": `^[1-9]\d* [1-9]\d*$`, nsXML + "lang": "!^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"}},
		"head":     {children: "^(metadata )?styling layout $"},
		"metadata": {children: "^$"},
		"styling":  {children: "^(style )+$"},
		"style": {children: "^$", attributes: map[string]string{
			nsXML + "id": "!" + nameToken, nsTTS + "direction": "^(ltr|rtl)$", nsTTS + "unicodeBidi": "^(normal|embed|bidiOverride)$", nsTTS + "fontFamily": anything,
			nsTTS + "fontSize": `^\d+%$`, nsTTS + "lineHeight": `^(normal|\d+%)$`, nsTTS + "textAlign": "^(left|center|right|start|end)$",
			nsTTS + "color": hexColour, nsTTS + "backgroundColor": hexColour, nsTTS + "wrapOption": "^(wrap|noWrap)$",
			nsEBUTTS + "multiRowAlign": "^(start|center|end|auto)$", nsEBUTTS + "linePadding": `^\d+(\.\d+)?c$`}},
		"layout": {children: "^(region )+$"},
		"region": {children: "^$", attributes: map[string]string{
			nsXML + "id": "!" + nameToken, nsTTS + "origin": "!" + lengths, nsTTS + "extent": "!" + lengths, "style": refs,
			nsTTS + "displayAlign": "^(before|center|after)$", nsTTS + "overflow": "^(visible|hidden)$"}},
		"body": {children: "^(div )+$"},
		"div":  {children: "^(p )+$"},
		"p": {children: "^(span |br )*$", text: true, attributes: map[string]string{
			nsXML + "id": "!" + nameToken, nsXML + "lang": anything, "region": nameToken, "style": refs, "begin": mediaTime, "end": mediaTime, nsTTM + "agent": refs}},
		"span": {children: "^(br )*$", text: true, attributes: map[string]string{"style": refs}},
		"br":   {children: "^$"},
	}
}

func TestTTMLKeepsTheProfileEBUTTD(t *testing.T) {
	arabic, err := meeting().In("ar")
	require.NoError(t, err)
	strange := Of([]Cue{{Text: "x", Language: "de-leicht"}, {Text: "y", Language: "???"}})
	for _, m := range []Meeting{meeting(), arabic, strange, {}} {
		requireProfile(t, export(t, "ttml", m))
	}
	require.Error(t, checkProfile(bytes.Replace(export(t, "ttml", meeting()), []byte(`begin="00:00:02.000"`), []byte(`begin="2s"`), 1)), "a check that finds nothing is none")
}

func requireProfile(t *testing.T, text []byte) {
	t.Helper()
	require.NoError(t, checkProfile(text), string(text))
}

// node is an element of any document.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []node     `xml:",any"`
}

type profileError string

func (e profileError) Error() string { return string(e) }

func checkProfile(text []byte) error {
	var root node
	if err := xml.Unmarshal(text, &root); err != nil {
		return err
	}
	ids := map[string]string{}
	var refs []string
	if err := checkNode(root, ids, &refs); err != nil {
		return err
	}
	for _, r := range refs {
		if ids[r] == "" {
			return profileError("nothing has the id " + r)
		}
	}
	return nil
}

func checkNode(n node, ids map[string]string, refs *[]string) error {
	for _, a := range n.Attrs {
		name := strings.TrimSpace(a.Name.Space + " " + a.Name.Local)
		switch {
		case name == nsXML+"id":
			if ids[a.Value] != "" {
				return profileError("the id " + a.Value + " is there twice")
			}
			ids[a.Value] = n.XMLName.Local
		case name == "style" || name == "region" || name == nsTTM+"agent":
			*refs = append(*refs, strings.Fields(a.Value)...)
		}
	}
	if n.XMLName.Space != nsTT { // metadata of others
		for _, c := range n.Children {
			if err := checkNode(c, ids, refs); err != nil {
				return err
			}
		}
		return nil
	}
	rule, ok := profile()[n.XMLName.Local]
	if !ok {
		return profileError("the profile has no element " + n.XMLName.Local)
	}
	if !rule.text && strings.TrimSpace(n.Text) != "" {
		return profileError("text in " + n.XMLName.Local)
	}
	if err := checkAttributes(n, rule.attributes); err != nil {
		return err
	}
	order := ""
	for _, c := range n.Children {
		if c.XMLName.Space == nsTT {
			order += c.XMLName.Local + " "
		}
		if err := checkNode(c, ids, refs); err != nil {
			return err
		}
	}
	if !regexp.MustCompile(rule.children).MatchString(order) {
		return profileError(n.XMLName.Local + " holds " + order)
	}
	return nil
}

func checkAttributes(n node, rules map[string]string) error {
	var there []string
	for _, a := range n.Attrs {
		name := strings.TrimSpace(a.Name.Space + " " + a.Name.Local)
		if a.Name.Space == "xmlns" || name == "xmlns" {
			continue
		}
		pattern, ok := rules[name]
		if !ok || !regexp.MustCompile(strings.TrimPrefix(pattern, "!")).MatchString(a.Value) {
			return profileError(n.XMLName.Local + " has " + name + "=" + a.Value)
		}
		there = append(there, name)
	}
	for name, pattern := range rules {
		if strings.HasPrefix(pattern, "!") && !slices.Contains(there, name) {
			return profileError(n.XMLName.Local + " has no " + name)
		}
	}
	return nil
}
