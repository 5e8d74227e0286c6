package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/internal/audiotest"
)

// said is what the recordings say.
const (
	english = "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country."
	long    = "A gold ring will please most any girl. The long journey home took a year. She saw a cat in the neighbor's house. A pink shell was found on the sandy beach. Small children came to see him. The grass and bushes were wet with dew. The blind man counted his old coins. A severe storm tore down the barn. She called his name many times. When you hear the bell, come quickly."
	german  = "Meine Lieblingszahl ist 268."
)

// results are what a client's program prints.
type results struct {
	Version  string
	Models   []string
	Text     string
	Language string
	Duration float64
	Words    []struct {
		Word       string
		Start, End float64
	}
	Segments []struct {
		Text       string
		Start, End float64
	}
	VTT         string
	Deltas      []string
	Streamed    string
	FirstDelta  float64 `json:"first_delta_s"`
	Done        float64 `json:"done_s"`
	German      string
	Translation string
	Spoken      string
	Heard       string
	WAV         int
	FirstSound  float64  `json:"first_sound_s"`
	UnknownKey  *refusal `json:"unknown_key"`
	Broken      *refusal
	Large       *refusal
	MP3         *refusal
	Model       *refusal
}

// refusal is an error as the client raised it.
type refusal struct {
	Kind, Code, Message string
	Status              int
	Param               *string
}

func TestOfficialClients(t *testing.T) {
	installed := clients(t)
	base := serve(t, open(t))
	files := recordings(t)
	scripts := filepath.Join(audiotest.Root(t), "e2e/openai/clients")
	for name, command := range map[string][]string{
		"python": {"python3", filepath.Join(scripts, "client.py")},
		"node":   {"node", filepath.Join(scripts, "client.mjs")},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, append(command, base, key, files), "PYTHONPATH="+filepath.Join(installed, "python"), "CLIENTS="+installed)
			t.Logf("openai %s: first text after %.2f s, all of 35 s of audio after %.2f s; first sound after %.3f s", r.Version, r.FirstDelta, r.Done, r.FirstSound)
			t.Logf("streamed: %s\n translated: %s\n heard again: %s", r.Streamed, r.Translation, r.Heard)
			r.check(t)
		})
	}
}

func (r results) check(t *testing.T) {
	t.Helper()
	require.Contains(t, r.Models, "whisper-1")
	require.Contains(t, r.Models, "tts-1")
	require.LessOrEqual(t, audiotest.WER(english, r.Text), 0.1, r.Text)
	require.Equal(t, "english", r.Language)
	require.InDelta(t, 11.0, r.Duration, 0.1)
	require.InDelta(t, 22, len(r.Words), 2)
	for i, w := range r.Words {
		require.LessOrEqual(t, w.Start, w.End)
		require.LessOrEqual(t, w.End, 11.5)
		if i > 0 {
			require.GreaterOrEqual(t, w.Start, r.Words[i-1].Start)
		}
	}
	require.NotEmpty(t, r.Segments)
	require.True(t, strings.HasPrefix(r.VTT, "WEBVTT"))

	require.LessOrEqual(t, audiotest.WER(long, r.Streamed), 0.15, r.Streamed)
	require.Greater(t, len(r.Deltas), 3, "the text comes in pieces")
	require.Equal(t, r.Streamed, strings.Join(r.Deltas, ""))

	require.LessOrEqual(t, audiotest.WER(german, r.German), 0.2, r.German)
	require.Regexp(t, `(?i)my favou?rite number is 268`, r.Translation)

	require.LessOrEqual(t, audiotest.WER(r.Spoken, strings.NewReplacer("8-12", "acht bis zwölf", "8", "acht", "12", "zwölf").Replace(r.Heard)), 0.25, r.Heard)
	require.Greater(t, r.WAV, 2*16000)

	require.Equal(t, "AuthenticationError", r.UnknownKey.Kind)
	require.Equal(t, "invalid_api_key", r.UnknownKey.Code)
	require.Equal(t, "BadRequestError", r.Broken.Kind)
	require.Equal(t, "invalid_audio", r.Broken.Code)
	require.Equal(t, "file", *r.Broken.Param)
	require.Equal(t, 413, r.Large.Status, r.Large.Message)
	require.Contains(t, r.Large.Message, "32 MB")
	require.Equal(t, "BadRequestError", r.MP3.Kind)
	require.Contains(t, r.MP3.Message, "wav, pcm, flac, opus")
	require.Equal(t, "NotFoundError", r.Model.Kind)
	require.Equal(t, "model_not_found", r.Model.Code)
}

func run(t *testing.T, command []string, env ...string) (r results) {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Skipf("%s is not installed", command[0])
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var out, said bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), env...), &out, &said
	require.NoError(t, cmd.Run(), "%s%s", &out, &said)
	require.NoError(t, json.Unmarshal(out.Bytes(), &r), "%s", &out)
	return r
}
