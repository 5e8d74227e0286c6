package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// event is one line of go test -json (go doc test2json).
type event struct {
	Action, Package, Test, ImportPath, Output string
}

type testID struct{ pkg, test string }

// summary takes events in and prints what people want to see of them.
type summary struct {
	out                     io.Writer
	passed, failed, skipped int
	output                  map[testID][]string
	reasons                 map[string]int
}

func newSummary(out io.Writer) *summary {
	return &summary{out: out, output: map[testID][]string{}, reasons: map[string]int{}}
}

func (s *summary) read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(s.out, lines.Text()) // not an event: go's own complaint
			continue
		}
		s.take(e)
	}
	return lines.Err()
}

func (s *summary) take(e event) {
	id := testID{e.Package, e.Test}
	switch e.Action {
	case "output":
		s.takeOutput(id, e.Output)
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "pass", "fail", "skip":
		s.takeResult(id, e.Action)
	}
}

// packageLine is what go test prints for a package; the rest of a package's own output matters only when it fails.
var packageLine = regexp.MustCompile(`^(ok|FAIL|---|\?|panic|fatal|exit|coverage|\t)`)

func (s *summary) takeOutput(id testID, text string) {
	if id.test != "" {
		s.output[id] = append(s.output[id], text)
		return
	}
	if packageLine.MatchString(text) && !strings.HasPrefix(text, "FAIL\n") && !strings.Contains(text, "[no test files]") {
		fmt.Fprint(s.out, text)
	}
}

func (s *summary) takeResult(id testID, action string) {
	output := s.output[id]
	delete(s.output, id)
	if id.test == "" {
		s.flushUnfinished(id.pkg, action)
		return
	}
	switch action {
	case "pass":
		s.passed++
	case "fail":
		s.failed++
		fmt.Fprint(s.out, strings.Join(output, ""))
	case "skip":
		s.skipped++
		s.reasons[skipReason(output)]++
	}
}

// flushUnfinished prints the tests that were running when their package died, which never report a result.
func (s *summary) flushUnfinished(pkg, action string) {
	for id, output := range s.output {
		if id.pkg != pkg {
			continue
		}
		delete(s.output, id)
		if action == "fail" {
			s.failed++
			fmt.Fprintf(s.out, "%s\n--- unfinished: %s\n", strings.Join(output, ""), id.test)
		}
	}
}

var position = regexp.MustCompile(`^\s+\S+\.go:\d+: `)

// skipReason is what the test said when it skipped itself.
func skipReason(output []string) string {
	for _, line := range slices.Backward(output) {
		if at := position.FindString(line); at != "" {
			return strings.TrimSpace(strings.TrimPrefix(line, at))
		}
	}
	return "no reason given"
}

// close prints the reasons of skips, most frequent first, and the counts alone on the last line.
func (s *summary) close() {
	reasons := make([]string, 0, len(s.reasons))
	for reason := range s.reasons {
		reasons = append(reasons, reason)
	}
	slices.SortFunc(reasons, func(a, b string) int {
		return cmp.Or(s.reasons[b]-s.reasons[a], cmp.Compare(a, b))
	})
	for _, reason := range reasons {
		fmt.Fprintf(s.out, "skipped %d: %s\n", s.reasons[reason], reason)
	}
	fmt.Fprintf(s.out, "%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
}
