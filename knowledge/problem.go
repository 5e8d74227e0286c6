package knowledge

import (
	"errors"
	"fmt"
	"sort"
)

// Problem is something an editor has to mend, with its place.
type Problem struct {
	File string // as the editor knows it, relative to the checked folder
	Line int    // 1-based; 0: the file as a whole
	Text string // what is wrong and what to do
}

// Error is "file:line: text".
func (p Problem) Error() string {
	if p.Line == 0 {
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// ErrBroken is wrapped by the errors of Load and Reload when files have problems.
var ErrBroken = errors.New("the knowledge base has problems (amtsleitung kb check lists them all)")

// broken joins problems to one error that names the first.
func broken(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrBroken, problems[0])
}

func sortProblems(problems []Problem) {
	sort.SliceStable(problems, func(i, j int) bool {
		if problems[i].File != problems[j].File {
			return problems[i].File < problems[j].File
		}
		return problems[i].Line < problems[j].Line
	})
}
