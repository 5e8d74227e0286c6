package editing

import (
	"maps"
	"slices"
	"strings"
)

// Line is one line of a difference.
type Line struct {
	Kind byte // ' ' the same, '+' new, '-' gone
	Text string
}

// FileDiff is what has changed in one file of an article.
type FileDiff struct {
	File  string
	Lines []Line
}

// maxDiff is how many lines of two files are compared with each other; larger
// ones are shown as a whole.
const maxDiff = 2000

// Diff compares two versions file by file; equal files are left out.
func Diff(old, fresh Version) []FileDiff {
	names := map[string]bool{}
	for name := range old.Files {
		names[name] = true
	}
	for name := range fresh.Files {
		names[name] = true
	}
	var out []FileDiff
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if old.Files[name] != fresh.Files[name] {
			out = append(out, FileDiff{name, diffLines(lines(old.Files[name]), lines(fresh.Files[name]))})
		}
	}
	return out
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// diffLines is the longest common subsequence of lines, what differs in between.
func diffLines(a, b []string) []Line {
	if len(a) > maxDiff || len(b) > maxDiff {
		a, b = a[:min(len(a), maxDiff)], b[:min(len(b), maxDiff)]
	}
	// longest[i][j] is that of a[i:] and b[j:].
	longest := make([][]uint16, len(a)+1)
	for i := range longest {
		longest[i] = make([]uint16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var out []Line
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, Line{' ', a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && longest[i+1][j] >= longest[i][j+1]:
			out = append(out, Line{'-', a[i]})
			i++
		default:
			out = append(out, Line{'+', b[j]})
			j++
		}
	}
	return out
}
