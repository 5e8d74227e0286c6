// Package archtest holds the import rules of the tree: dependencies point
// downward only, contracts know no engines, and only cmd wires.
package archtest

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/amtsleitung/amtsleitung/"

// layers from the ground up: a package imports its own layer's rules (below)
// and anything lower, never higher.
var layers = [][]string{
	{"transcript", "media", "leg", "inference", "internal/audiotest"},
	{"journal", "models", "config", "subtitles", "store", "cities", "dialplan", "llm"},
	{"stt", "tts", "turn", "knowledge", "translate"},
	{"dialog", "metrics", "crisis", "summary", "recording", "easy", "meeting"},
	{"sip", "rtc", "call", "desk", "web", "simulation"},
	{"cmd"},
}

// apart are groups of packages that must not know each other.
var apart = [][]string{{"sip", "rtc", "call", "web"}, {"stt", "tts", "turn", "knowledge", "translate"}}

func TestImportsPointDownward(t *testing.T) {
	checked := 0
	for pkg, imports := range graph(t) {
		from := layer(pkg)
		if from < 0 {
			continue
		}
		for _, imp := range imports {
			to := layer(imp)
			require.GreaterOrEqual(t, to, 0, "%s imports %s, which has no layer in archtest", pkg, imp)
			require.LessOrEqual(t, to, from, "%s (layer %d) imports %s (layer %d)", pkg, from, imp, to)
			checked++
		}
	}
	require.Greater(t, checked, 100, "the graph was not read")
}

func TestNeighboursStayApart(t *testing.T) {
	for pkg, imports := range graph(t) {
		for _, group := range apart {
			if !slices.Contains(group, root(pkg)) {
				continue
			}
			for _, imp := range imports {
				require.False(t, root(imp) != root(pkg) && slices.Contains(group, root(imp)), "%s must not import %s", pkg, imp)
			}
		}
	}
}

func TestContractsKnowNoEngines(t *testing.T) {
	g := graph(t)
	require.Empty(t, g["transcript"], "transcript imports nothing")
	for _, contract := range []string{"media", "leg", "stt", "turn", "knowledge", "translate"} {
		for _, imp := range g[contract] {
			inside := strings.HasPrefix(imp, contract+"/")
			engine := imp == "stt/whisper" || imp == "stt/openai" || imp == "knowledge/e5" || imp == "knowledge/openai" || imp == "turn/smart" || imp == "translate/bergamot"
			require.False(t, inside && engine, "the contract %s imports its engine %s", contract, imp)
		}
	}
}

func TestOnlyCommandsReadTheConfiguration(t *testing.T) {
	for pkg, imports := range graph(t) {
		if root(pkg) == "cmd" {
			continue
		}
		require.NotContains(t, imports, "config", "%s must take options, not the configuration", pkg)
	}
}

// graph reads the module's own imports (without tests), by path below the module.
func graph(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").Output()
	require.NoError(t, err)
	g := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Fields(line)
		pkg := strings.TrimPrefix(fields[0], module)
		g[pkg] = nil
		for _, imp := range fields[1:] {
			if own, ok := strings.CutPrefix(imp, module); ok {
				g[pkg] = append(g[pkg], own)
			}
		}
	}
	return g
}

func root(pkg string) string {
	first, _, _ := strings.Cut(pkg, "/")
	return first
}

// layer of a package; tests and tools have none.
func layer(pkg string) int {
	for i, l := range layers {
		for _, name := range l {
			if pkg == name || strings.HasPrefix(pkg, name+"/") {
				return i
			}
		}
	}
	return -1
}
