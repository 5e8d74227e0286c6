package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/crisis"
)

func crisisFile(t *testing.T, more string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hochwasser.yaml")
	text := fmt.Sprintf("texts:\n  de: Die Uferstraße ist gesperrt.\n  en: The river road is closed.\nuntil: %s\n%s", time.Now().Add(time.Hour).Format(time.RFC3339), more)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestCrisisSwitch(t *testing.T) {
	data := t.TempDir()
	out, code, err := execute(t, "", "crisis", "status", "--data", data)
	require.NoError(t, err)
	require.Zero(t, code)
	require.Equal(t, "off\n", out)

	out, _, err = execute(t, "", "crisis", "on", crisisFile(t, "author: anna\nreviewer: ben\n"), "--data", data)
	require.NoError(t, err)
	require.Contains(t, out, "in de, en")
	out, _, err = execute(t, "", "crisis", "status", "--json", "--data", data)
	require.NoError(t, err)
	var st crisis.Status
	require.NoError(t, json.Unmarshal([]byte(out), &st))
	require.Equal(t, "ben", st.On.Reviewer)

	_, _, err = execute(t, "", "crisis", "off", "--reason", "Entwarnung", "--data", data)
	require.NoError(t, err)
	out, _, err = execute(t, "", "crisis", "status", "--data", data)
	require.NoError(t, err)
	require.Contains(t, out, ": Entwarnung")
	_, code, err = execute(t, "", "crisis", "off", "--data", data)
	require.ErrorIs(t, err, crisis.ErrNotOn)
	require.Equal(t, exitFailure, code)
}

func TestCrisisThatCannotWait(t *testing.T) {
	data := t.TempDir()
	file := crisisFile(t, "author: anna\n")
	_, code, err := execute(t, "", "crisis", "on", file, "--data", data)
	require.ErrorContains(t, err, crisis.ErrSecondPerson.Error())
	require.ErrorContains(t, err, "--now REASON")
	require.Equal(t, exitUsage, code)
	_, _, err = execute(t, "", "crisis", "on", file, "--now", "Deich bricht", "--data", data)
	require.NoError(t, err)
	out, _, err := execute(t, "", "crisis", "status", "--data", data)
	require.NoError(t, err)
	require.Contains(t, out, "immediate")
	require.Contains(t, out, "Deich bricht")
}

func TestCrisisWrongUse(t *testing.T) {
	data := t.TempDir()
	for name, tc := range map[string]struct {
		stdin, want string
		args        []string
	}{
		"no file":       {"", "nowhere.yaml", []string{"on", "nowhere.yaml", "--data", data}},
		"unknown key":   {"txts: {}\n", "txts", []string{"on", "-", "--data", data}},
		"no folder":     {"", "data folder", []string{"status", "--data", filepath.Join(data, "none")}},
		"only German":   {"texts: {de: a}\nauthor: a\nreviewer: b\n", `"en" is missing`, []string{"on", "-", "--data", data}},
		"no end":        {"texts: {de: a, en: b}\nauthor: a\nreviewer: b\n", "must end by itself", []string{"on", "-", "--data", data}},
		"needless word": {"", "now", []string{"off", "now"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, code, err := execute(t, tc.stdin, append([]string{"crisis"}, tc.args...)...)
			require.ErrorContains(t, err, tc.want)
			require.Equal(t, exitUsage, code)
		})
	}
}
