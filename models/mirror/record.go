package mirror

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// record is one file of a translation model, as Remote Settings describes it.
type record struct {
	Name           string `json:"name"`
	Kind           string `json:"fileType"`
	Version        string `json:"version"`
	Architecture   string `json:"architecture"`
	Filter         string `json:"filter_expression"` // for which Firefox it is meant (JEXL)
	SourceLanguage string `json:"sourceLanguage"`
	TargetLanguage string `json:"targetLanguage"`
	FromLang       string `json:"fromLang"` // the older collection's names
	ToLang         string `json:"toLang"`
	Sum            string `json:"decompressedHash"`
	Size           number `json:"decompressedSize"`
	Modified       number `json:"last_modified"`
	Attachment     struct {
		Sum      string `json:"hash"`
		Size     number `json:"size"`
		Location string `json:"location"`
	} `json:"attachment"`
}

// number is an integer that some tools write as text.
type number int64

func (n *number) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseInt(strings.Trim(string(data), `"`), 10, 64)
	*n = number(v)
	return err
}

func (r record) from() string { return cmp.Or(r.SourceLanguage, r.FromLang) }
func (r record) to() string   { return cmp.Or(r.TargetLanguage, r.ToLang) }

// sum is the sha256 of the file as the engine reads it.
func (r record) sum() string {
	if r.Sum == "" && !r.packed() {
		return r.Attachment.Sum
	}
	return r.Sum
}

func (r record) packed() bool { return strings.HasSuffix(r.Attachment.Location, ".zst") || r.Sum != "" }

// largest is the most that a file may have, unpacked; the largest models of
// the collection have about 60 MB.
const largest = 512 << 20

// usable leaves out what is no file of the engine or could not be checked.
func (r record) usable() bool {
	kinds := []string{"model", "lex", "vocab", "srcvocab", "trgvocab"}
	return slices.Contains(kinds, r.Kind) && r.from() != "" && r.to() != "" && r.Attachment.Location != "" &&
		isSum(r.sum()) && (r.Attachment.Sum == "" || isSum(r.Attachment.Sum)) &&
		r.Size >= 0 && r.Size <= largest && r.Attachment.Size >= 0 && r.Attachment.Size <= largest
}

func isSum(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// parseRecords leaves out single records that it does not understand: the
// collection changes its shape over time.
func parseRecords(list []json.RawMessage) []record {
	var out []record
	for _, raw := range list {
		var r record
		if json.Unmarshal(raw, &r) == nil && r.usable() {
			out = append(out, r)
		}
	}
	return out
}

// newestMajor is the format of models that the engine reads (fxtranslate 0.5).
const newestMajor = 3

// version is "3.0", or "3.1a2" for one on trial.
type version struct {
	major, minor int
	trial        string
}

func parseVersion(s string) (version, bool) {
	m := regexp.MustCompile(`^(\d{1,4})\.(\d{1,4})(?:\.\d+)*([a-z]+\d*)?$`).FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if m == nil {
		return version{}, false
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	return version{major, minor, m[3]}, true
}

func (v version) compare(w version) int {
	finished := func(v version) int {
		if v.trial == "" {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(v.major, w.major), cmp.Compare(v.minor, w.minor), cmp.Compare(finished(v), finished(w)), cmp.Compare(v.trial, w.trial))
}

// bundle is all files of one version of a direction.
type bundle struct {
	from, to     string
	version      version
	text         string // the version as the records write it
	architecture string
	filter       string
	files        map[string]record // by kind
}

// trial says that only test versions of Firefox get it.
func (b *bundle) trial() bool {
	return b.version.trial != "" || strings.Contains(b.filter, "env.channel") && !strings.Contains(b.filter, "release")
}

// complete bundles can be loaded; the shortlist only makes them faster.
func (b *bundle) complete() bool {
	has := func(kind string) bool { _, ok := b.files[kind]; return ok }
	return has("model") && (has("vocab") || has("srcvocab") && has("trgvocab"))
}

// better is the newer one; of the same age the one for computers rather than
// phones, then the larger one, which translates better.
func (b *bundle) better(than *bundle) bool {
	desktop := func(b *bundle) int {
		if strings.Contains(b.filter, "Android") {
			return 0
		}
		return 1
	}
	return cmp.Or(b.version.compare(than.version), cmp.Compare(desktop(b), desktop(than)),
		cmp.Compare(b.files["model"].Size, than.files["model"].Size), cmp.Compare(b.architecture, than.architecture)) > 0
}

// bundles groups the files of a direction by version.
func bundles(records []record, from, to string) []*bundle {
	groups := map[string]*bundle{}
	for _, r := range records {
		v, ok := parseVersion(r.Version)
		if !ok || r.from() != from || r.to() != to {
			continue
		}
		key := r.Version + "\n" + r.Architecture + "\n" + r.Filter
		b := groups[key]
		if b == nil {
			b = &bundle{from: from, to: to, version: v, text: r.Version, architecture: r.Architecture, filter: r.Filter, files: map[string]record{}}
			groups[key] = b
		}
		if old, there := b.files[r.Kind]; !there || r.Modified > old.Modified {
			b.files[r.Kind] = r
		}
	}
	return slices.Collect(maps.Values(groups))
}

// choose picks the newest version of a direction that the engine can read.
func choose(records []record, from, to string, trial bool) (*bundle, error) {
	var best *bundle
	var onTrial, tooNew, broken string
	for _, b := range bundles(records, from, to) {
		switch {
		case b.version.major > newestMajor:
			tooNew = b.text
		case !b.complete():
			broken = b.text
		case b.trial() && !trial:
			onTrial = b.text
		case best == nil || b.better(best):
			best = b
		}
	}
	switch {
	case best != nil:
		return best, nil
	case onTrial != "":
		return nil, fmt.Errorf("the mirror has only a version on trial (%s) of %s-%s; take it with --trial", onTrial, from, to)
	case tooNew != "":
		return nil, fmt.Errorf("the mirror's version %s of %s-%s is for a newer engine than this one, which reads up to %d", tooNew, from, to, newestMajor)
	case broken != "":
		return nil, fmt.Errorf("the mirror's version %s of %s-%s lacks its model or its vocabulary; update the mirror", broken, from, to)
	}
	return nil, errNone
}
