package minutes_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var marks = regexp.MustCompile(`[.,;:!?„“”"»«–…]+(\s|$)`)

// small words that recognisers hear wrong or not at all.
var misheard = strings.NewReplacer(" das ", " dass ", " bitte ", " bitter ", " noch ", " ", " the ", " a ", " it ", " ", " den ", " denn ")

// Recognisers leave out marks and capitals, and mishear small words. Minutes may
// then miss what was said, but what they hold must still have been said.
func TestBadlyHeardMeetingsAreMissedAndNotInvented(t *testing.T) {
	for name, spoil := range map[string]func(string) string{
		"without marks":          func(s string) string { return marks.ReplaceAllString(s, " ") },
		"without marks, capital": func(s string) string { return strings.ToLower(marks.ReplaceAllString(s, " ")) },
		"misheard": func(s string) string {
			return misheard.Replace(strings.ToLower(marks.ReplaceAllString(s, " ")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			var tasks, rest score
			for _, folder := range []string{"seen", "unseen", "second", "held", "third", "drill", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "turns", "tenth", "eleventh", "twelfth"} {
				for _, s := range scripts(t, folder) {
					for i := range s.lines {
						s.lines[i].Text = spoil(s.lines[i].Text)
					}
					for _, kind := range []string{"topic", "decision"} { // what was wanted was misheard too
						for i, w := range s.want[kind] {
							s.want[kind][i] = strings.TrimSpace(spoil(" " + w + " "))
						}
					}
					m := s.minutes(t)
					nothingInvented(t, s.lines, m)
					k, r := judge(s, m)
					tasks, rest = tasks.and(k), rest.and(r)
					if testing.Verbose() {
						t.Log(s.name, strings.Join(append(k.words, r.words...), "\n"))
					}
				}
			}
			t.Logf("tasks: %d right, %d missed, %d wrong; topics, votes, decisions: %d, %d, %d", tasks.hit, tasks.missed, tasks.invented, rest.hit, rest.missed, rest.invented)
			require.Less(t, 4*tasks.invented, tasks.hit, "more of what was not said")
			require.Less(t, 7*rest.invented, rest.hit)
		})
	}
}
