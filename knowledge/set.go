package knowledge

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"sort"
	"strings"
	"time"
)

// Set is one consistent state of a city's articles.
type Set struct {
	City     City
	Articles []*Article // by id
}

// articleFile marks a folder as an article; the folder's name is its id.
const articleFile = "article.yaml"

// maxPriority is an article's highest: e to the 5th is 150 times as likely.
const maxPriority = 5

// articlesFolder lies beside city.yaml; folders below it group as they like.
const articlesFolder = "articles"

// Load reads a city's folder (city.yaml and articles/). With any problem the
// set must not be used; the problems are sorted by place.
func Load(fsys fs.FS) (*Set, []Problem) {
	city, problems := LoadCity(fsys)
	set := &Set{City: city}
	seen := map[string]string{}
	err := fs.WalkDir(fsys, articlesFolder, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || d.Name() != articleFile {
			return nil
		}
		a, found := loadArticle(fsys, path.Dir(name), city)
		problems = append(problems, found...)
		if first, twice := seen[a.ID]; twice {
			problems = append(problems, Problem{File: name, Text: fmt.Sprintf("article id %q is there twice; the other is %s", a.ID, first)})
		}
		seen[a.ID] = name
		set.Articles = append(set.Articles, a)
		return nil
	})
	if err != nil {
		problems = append(problems, Problem{File: articlesFolder, Text: "cannot be read: " + err.Error()})
	} else if len(set.Articles) == 0 {
		problems = append(problems, Problem{File: articlesFolder, Text: "holds no article (a folder with " + articleFile + ")"})
	}
	problems = append(problems, strayFiles(fsys)...)
	sort.Slice(set.Articles, func(i, j int) bool { return set.Articles[i].ID < set.Articles[j].ID })
	sortProblems(problems)
	return set, problems
}

// Check reads a city's folder and lists everything an editor has to mend,
// expired articles included.
func Check(dir string, now time.Time) []Problem {
	set, problems := Load(os.DirFS(dir))
	for _, a := range set.Articles {
		if !a.ValidTo.IsZero() && !now.Before(a.ValidTo) {
			problems = append(problems, Problem{File: a.File, Text: fmt.Sprintf(
				"has expired: its last day was %s; review it and set a new valid_to", a.ValidTo.AddDate(0, 0, -1).Format(time.DateOnly))})
		}
	}
	sortProblems(problems)
	return problems
}

func loadArticle(fsys fs.FS, dir string, city City) (*Article, []Problem) {
	a, problems := readArticleFile(fsys, dir, city)
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return a, append(problems, Problem{File: dir, Text: err.Error()})
	}
	for _, e := range entries {
		if e.Name() == articleFile {
			continue
		}
		file := path.Join(dir, e.Name())
		language := strings.TrimSuffix(e.Name(), ".md")
		if e.IsDir() || language == e.Name() || !contains(city.Languages, language) {
			problems = append(problems, Problem{File: file, Text: fmt.Sprintf("is no language file: expected one of %s with .md", strings.Join(city.Languages, ", "))})
			continue
		}
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			problems = append(problems, Problem{File: file, Text: err.Error()})
			continue
		}
		v, found := parseVariant(file, language, data)
		problems = append(problems, found...)
		a.Variants[language] = v
	}
	if len(city.Languages) > 0 {
		if _, ok := a.Variants[city.Languages[0]]; !ok {
			problems = append(problems, Problem{File: a.File, Text: fmt.Sprintf("%s.md is missing: every article needs the main language", city.Languages[0])})
		}
	}
	completeFacts(a, city)
	return a, problems
}

func readArticleFile(fsys fs.FS, dir string, city City) (*Article, []Problem) {
	file := path.Join(dir, articleFile)
	a := &Article{ID: path.Base(dir), File: file, Variants: map[string]Variant{}}
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return a, []Problem{{File: file, Text: err.Error()}}
	}
	if p := checkText(file, data); p != nil {
		return a, []Problem{*p}
	}
	var problems []Problem
	m := parseMapping(file, data, 0, &problems)
	a.Version = m.number("version")
	a.Source = m.need("source")
	a.ValidFrom = m.date("valid_from")
	a.ValidTo = m.date("valid_to")
	a.Reviewer = m.need("reviewer")
	a.HandOver = m.need("hand_over")
	a.Form = m.text("form")
	a.Keywords = m.list("keywords")
	a.Priority = m.whole("priority", maxPriority)
	m.end()
	checkArticleFile(m, a, city)
	if !a.ValidTo.IsZero() { // the last day counts in full
		a.ValidTo = a.ValidTo.AddDate(0, 0, 1)
	}
	return a, problems
}

func checkArticleFile(m *mapping, a *Article, city City) {
	if u, err := url.Parse(a.Source); a.Source != "" && (err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http")) {
		m.complain(m.at("source"), "\"source\" must be the address of a page (https://...), not %q", a.Source)
	}
	if _, there := m.values["valid_from"]; !there {
		m.complain(m.line, "\"valid_from\" is missing: from which day on is the article right?")
	}
	if !a.ValidTo.IsZero() && a.ValidTo.Before(a.ValidFrom) {
		m.complain(m.at("valid_to"), "\"valid_to\" lies before \"valid_from\"")
	}
	if _, ok := city.Departments[a.HandOver]; a.HandOver != "" && !ok {
		m.complain(m.at("hand_over"), "department %q is not in %s (known: %s)", a.HandOver, cityFile, city.departmentIDs())
	}
	if a.Form != "" && !contains(city.Forms, a.Form) {
		m.complain(m.at("form"), "form %q is not in %s (known: %s)", a.Form, cityFile, strings.Join(city.Forms, ", "))
	}
}

// completeFacts adds what the department knows (hours, address, phone) and
// lets easy language share the facts of its language.
func completeFacts(a *Article, city City) {
	department := city.Departments[a.HandOver]
	for language, v := range a.Variants {
		facts := map[string]string{}
		put := func(key, text string) {
			if text != "" && facts[key] == "" {
				facts[key] = text
			}
		}
		for _, source := range []map[string]string{v.Facts, a.Variants[strings.TrimSuffix(language, "-leicht")].Facts} {
			for key, text := range source {
				put(key, text)
			}
		}
		put("hours", department.Text(department.Hours, language))
		put("address", department.Text(department.Address, language))
		put("phone", department.Phone)
		v.Facts = facts
		a.Variants[language] = v
	}
}

// strayFiles finds articles that nobody would ever hear: language files in a
// folder without article.yaml.
func strayFiles(fsys fs.FS) []Problem {
	var problems []Problem
	_ = fs.WalkDir(fsys, articlesFolder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".md" {
			return nil
		}
		if _, err := fs.Stat(fsys, path.Join(path.Dir(name), articleFile)); err != nil {
			problems = append(problems, Problem{File: name, Text: articleFile + " is missing beside it"})
		}
		return nil
	})
	return problems
}
