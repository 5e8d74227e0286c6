package pico

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/amtsleitung/amtsleitung/transcript"
	"github.com/amtsleitung/amtsleitung/tts"
)

// voice is one of the voices that exist for Pico.
type voice struct {
	name   string  // "de-DE"
	signal string  // file of the signal generator; the text analysis is name_ta.bin
	gain   float64 // dB to the common speech level
}

type files struct{ analysis, signal string }

// voices lists all, the default of a language first. Gains were measured over
// the sentences of the level test.
func voices() []voice {
	return []voice{
		{"de-DE", "de-DE_gl0_sg.bin", -11.4},
		{"en-GB", "en-GB_kh0_sg.bin", -11.4},
		{"en-US", "en-US_lh0_sg.bin", -10.9},
		{"fr-FR", "fr-FR_nk0_sg.bin", -10.7},
		{"es-ES", "es-ES_zl0_sg.bin", -11.9},
		{"it-IT", "it-IT_cm0_sg.bin", -9.3},
	}
}

// pick finds the voice by its name, else by language: "en-US" before "en".
func pick(language, name string) (voice, error) {
	if language == "de-leicht" {
		language = "de"
	}
	all := voices()
	for _, v := range all {
		if name != "" && strings.EqualFold(v.name, name) {
			return v, nil
		}
	}
	if name != "" {
		return voice{}, fmt.Errorf("Pico voice %q: %w; there are de-DE, en-GB, en-US, fr-FR, es-ES, it-IT", name, tts.ErrLanguage)
	}
	for _, v := range all {
		if strings.EqualFold(v.name, language) {
			return v, nil
		}
	}
	primary := transcript.Primary(language)
	for _, v := range all {
		if primary != "" && strings.HasPrefix(v.name, primary+"-") {
			return v, nil
		}
	}
	return voice{}, fmt.Errorf("Pico, language %q: %w", language, tts.ErrLanguage)
}

func (v voice) files(dir string) files {
	return files{filepath.Join(dir, v.name+"_ta.bin"), filepath.Join(dir, v.signal)}
}

// check names the file that is missing or empty, and the remedy.
func (f files) check() error {
	for _, path := range []string{f.analysis, f.signal} {
		info, err := os.Stat(path)
		if err == nil && info.Size() == 0 {
			err = errors.New("file is empty")
		}
		if err != nil {
			return fmt.Errorf("Pico voice file %s: %w; run `amtsleitung models fetch`", path, err)
		}
	}
	return nil
}
