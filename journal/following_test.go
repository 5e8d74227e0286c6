package journal

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/transcript"
)

func final(leg string, id int, text string) Line {
	return Line{Segment: transcript.Segment{Leg: leg, ID: id, Text: text, Final: true}}
}

func TestFollowSeesOneCallOnly(t *testing.T) {
	j := New(2)
	j.Begin(Call{ID: "a"})
	j.Begin(Call{ID: "b"})
	j.Add("a", line("caller", 0, "vorher"))
	c, sub, ok := j.Follow("a", 8)
	require.True(t, ok)
	defer sub.Close()
	require.Len(t, c.Lines, 1)
	j.Add("b", line("caller", 0, "ein anderer Anruf"))
	j.Add("a", line("caller", 1, "nachher"))
	j.Change("a", func(c *Call) { c.State, c.Position, c.Wait = Waiting, 3, 240 })
	require.Equal(t, "nachher", (<-sub.C).Line.Segment.Text)
	e := <-sub.C
	require.Equal(t, 3, e.Call.Position)
	require.Equal(t, Waiting, e.Call.State)
	require.Empty(t, sub.C)
	_, _, ok = j.Follow("never there", 8)
	require.False(t, ok)
}

func TestFollowOfAnErasedCallIsTold(t *testing.T) {
	j := New(2)
	j.Begin(Call{ID: "a"})
	sub := j.SubscribeCall("a", 2)
	defer sub.Close()
	j.Erase("a")
	require.Equal(t, "erased", (<-sub.C).Call.Reason)
	_, ok := j.Find("a")
	require.False(t, ok)
}

func TestFoundCallIsACopy(t *testing.T) {
	j := New(2)
	j.Begin(Call{ID: "a"})
	j.Add("a", line("caller", 0, "eins"))
	c, ok := j.Find("a")
	require.True(t, ok)
	j.Add("a", line("caller", 0, "zwei"))
	require.Equal(t, "eins", c.Lines[0].Segment.Text)
	require.Equal(t, "zwei", j.Lines("a")[0].Segment.Text)
	require.Empty(t, j.Lines("never there"))
}

func TestNextIsAboveAllAndGivenOnce(t *testing.T) {
	j := New(2)
	j.Begin(Call{ID: "a"})
	j.Add("a", line("caller", 4, "im Gespräch mit dem Bot"))
	j.Add("a", line("bot", 7, "ja bitte"))
	require.Equal(t, 5, j.Next("a", "caller"))
	require.Equal(t, 6, j.Next("a", "caller"))
	require.Equal(t, 0, j.Next("a", "agent"))
	j.Add("a", line("caller", 9, "vom Bot wieder"))
	require.Equal(t, 10, j.Next("a", "caller"))
	require.Zero(t, j.Next("never there", "caller"))
}

func TestFinalLineWithoutTextIsTakenBack(t *testing.T) {
	j := New(2)
	j.Begin(Call{ID: "a"})
	sub := j.Subscribe(8)
	defer sub.Close()
	j.Add("a", line("caller", 0, "ähm"))
	j.Add("a", final("caller", 0, ""))
	require.Empty(t, j.Lines("a"))
	require.Equal(t, "ähm", (<-sub.C).Line.Segment.Text)
	require.Empty(t, (<-sub.C).Line.Segment.Text, "pages are told")
	j.Add("a", final("caller", 1, ""))
	require.Empty(t, sub.C, "what was never shown is not taken back")
}

func TestLongCallsKeepTheirLastLines(t *testing.T) {
	j := New(1)
	j.Begin(Call{ID: "a"})
	for i := range maxLines + 1 {
		j.Add("a", line("caller", i, fmt.Sprint(i)))
	}
	c, _ := j.Find("a")
	require.Len(t, c.Lines, maxLines-maxLines/10+1)
	require.Equal(t, maxLines/10, c.Omitted)
	require.Equal(t, fmt.Sprint(maxLines), c.Lines[len(c.Lines)-1].Segment.Text)
	require.Equal(t, c.Omitted+len(c.Lines), maxLines+1)
}

func TestEndedCallWaitsForNobody(t *testing.T) {
	j := New(1)
	j.Begin(Call{ID: "a", Position: 2, Wait: 60})
	j.End("a", "caller", time.Unix(1, 0), 4)
	c, _ := j.Find("a")
	require.Zero(t, c.Position+c.Wait)
}

// Pages of other versions, programs and the OpenAPI description know these names.
func TestNamesInJSONAreStable(t *testing.T) {
	raw, err := json.Marshal(Call{
		ID: "a", Page: true, Written: true, Department: "standesamt", Agent: "Frau Kaya", Position: 2, Wait: 90, Omitted: 1,
		Reason: "caller", MOS: 4, Ended: time.Unix(1, 0), Lines: []Line{},
	})
	require.NoError(t, err)
	var names map[string]any
	require.NoError(t, json.Unmarshal(raw, &names))
	keys := make([]string, 0, len(names))
	for k := range names {
		keys = append(keys, k)
	}
	require.ElementsMatch(t, strings.Fields(`id from to trunk codec language started ended reason state mos lines
		omitted page written department agent position wait_s`), keys)
}

func TestNothingIsWrittenToADisk(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		require.NoError(t, err)
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		require.NoError(t, err)
		for _, imp := range f.Imports {
			require.NotContains(t, []string{`"os"`, `"io"`, `"log/slog"`, `"log"`, `"net/http"`, `"syscall"`}, imp.Path.Value, name)
		}
	}
}
