package knowledge

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Question is one of the development set: what a person said and which article
// should have answered.
type Question struct {
	ID   string `json:"id"`
	Lang string `json:"lang"`
	Kind string `json:"kind"` // colloquial, misspelt, garble, ... groups the report
	Text string `json:"text"`
	// Expect is the right article; several mean that asking back among them is
	// right; none means that no article answers.
	Expect []string `json:"expect"`
}

// Folders of a city's questions.
const (
	questionsFolder = "dev"    // to learn from and to test with
	unseenFolder    = "unseen" // only to test with, by people who have not read the articles
)

// LoadQuestions reads dev/*.jsonl of a city's folder.
func LoadQuestions(fsys fs.FS) ([]Question, error) { return loadQuestions(fsys, questionsFolder) }

// LoadUnseen reads unseen/*.jsonl. Nothing may be learned from these, and no
// single one mended: they say what the search is worth.
func LoadUnseen(fsys fs.FS) ([]Question, error) { return loadQuestions(fsys, unseenFolder) }

func loadQuestions(fsys fs.FS, folder string) ([]Question, error) {
	files, err := fs.Glob(fsys, path.Join(folder, "*.jsonl"))
	if err != nil {
		return nil, err
	}
	var all []Question
	for _, file := range files {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("read questions: %w", err)
		}
		questions, err := ParseQuestions(file, data)
		if err != nil {
			return nil, err
		}
		all = append(all, questions...)
	}
	return all, nil
}

// ParseQuestions reads JSON lines; the error names file and line.
func ParseQuestions(file string, data []byte) ([]Question, error) {
	var out []Question
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		var q Question
		dec := json.NewDecoder(bytes.NewReader(line))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&q); err != nil {
			return nil, Problem{File: file, Line: n, Text: "is no question: " + err.Error()}
		}
		if strings.TrimSpace(q.Text) == "" || q.ID == "" {
			return nil, Problem{File: file, Line: n, Text: "\"id\" and \"text\" must be there"}
		}
		out = append(out, q)
	}
	if err := lines.Err(); err != nil {
		return nil, Problem{File: file, Text: err.Error()}
	}
	return out, nil
}
