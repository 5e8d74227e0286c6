package piper

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// voiceFile is the part of a voice's .onnx.json that matters here.
type voiceFile struct {
	Audio struct {
		SampleRate int `json:"sample_rate"`
	} `json:"audio"`
	Espeak struct {
		Voice string `json:"voice"`
	} `json:"espeak"`
	Language struct {
		Code string `json:"code"`
	} `json:"language"`
	Inference struct {
		NoiseScale  float32 `json:"noise_scale"`
		LengthScale float32 `json:"length_scale"`
		NoiseW      float32 `json:"noise_w"`
	} `json:"inference"`
	PhonemeType string             `json:"phoneme_type"`
	Speakers    int                `json:"num_speakers"`
	IDs         map[string][]int64 `json:"phoneme_id_map"`
}

// readVoice reads and checks the description beside a model.
func readVoice(model string) (voiceFile, error) {
	path := model + ".json"
	data, err := os.ReadFile(path)
	if err != nil {
		return voiceFile{}, fmt.Errorf("Piper voice: %w; run `amtsleitung models fetch`", err)
	}
	var v voiceFile
	if err := json.Unmarshal(data, &v); err != nil {
		return voiceFile{}, fmt.Errorf("Piper voice %s: %w; run `amtsleitung models fetch`", path, err)
	}
	if err := v.check(); err != nil {
		return voiceFile{}, fmt.Errorf("Piper voice %s: %w", path, err)
	}
	return v, nil
}

func (v voiceFile) check() error {
	switch {
	case v.Audio.SampleRate < 8000 || v.Audio.SampleRate > 48000:
		return fmt.Errorf("sample_rate %d is not between 8000 and 48000", v.Audio.SampleRate)
	case v.Espeak.Voice == "":
		return errors.New("it names no espeak voice")
	case v.PhonemeType != "" && v.PhonemeType != "espeak":
		return fmt.Errorf("phoneme_type %q is not supported, only espeak", v.PhonemeType)
	case v.Speakers > 1:
		return errors.New("voices with several speakers are not supported")
	}
	for _, must := range []string{"^", "$", "_", " "} {
		if len(v.IDs[must]) == 0 {
			return fmt.Errorf("phoneme_id_map has no %q", must)
		}
	}
	return nil
}

// language is the primary tag that the voice speaks.
func (v voiceFile) language() string {
	tag := v.Language.Code
	if tag == "" {
		tag = v.Espeak.Voice
	}
	return transcript.Primary(strings.ReplaceAll(tag, "_", "-"))
}

// ids turns IPA into the model's input: begin, each phoneme followed by a pad,
// end. Characters that the voice does not know are left out.
func (v voiceFile) ids(phonemes string) []int64 {
	pad := v.IDs["_"]
	out := append([]int64(nil), v.IDs["^"]...)
	out = append(out, pad...)
	known := 0
	for _, r := range phonemes {
		id, ok := v.IDs[string(r)]
		if !ok {
			continue
		}
		if r != ' ' {
			known++
		}
		out = append(append(out, id...), pad...)
	}
	if known == 0 {
		return nil
	}
	return append(out, v.IDs["$"]...)
}

// name of a voice is its file's, without the ending.
func name(model string) string { return strings.TrimSuffix(filepath.Base(model), ".onnx") }

// longestRun in phonemes: about 12 s of speech, so that a cancel and other
// calls never wait for more.
const longestRun = 180

// firstRun in phonemes: the first clause is computed by itself when it is at
// least so long, because its frames can leave while the rest is computed.
const firstRun = 12

// runs cuts phonemes at sentence marks, and long ones at the last mark or space.
func runs(phonemes string) []string {
	var out []string
	for phonemes = strings.TrimSpace(phonemes); phonemes != ""; {
		n := runEnd(phonemes, len(out) == 0)
		out = append(out, strings.TrimSpace(phonemes[:n]))
		phonemes = strings.TrimSpace(phonemes[n:])
	}
	return out
}

func runEnd(phonemes string, first bool) int {
	count, space, comma := 0, 0, 0
	for i, r := range phonemes {
		if count++; count > longestRun {
			if comma > 0 {
				return comma
			}
			if space > 0 {
				return space
			}
			return i
		}
		end := i + utf8.RuneLen(r)
		switch r {
		case '.', '!', '?':
			return end
		case ',', ';', ':':
			if first && count > firstRun {
				return end
			}
			if count > longestRun/3 {
				comma = end
			}
		case ' ':
			space = end
		}
	}
	return len(phonemes)
}
