package models

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/transcript"
)

// Pair is a translation model that was fetched from a mirror: what lies in
// its folder and where it came from. It is written beside the files.
type Pair struct {
	From         string     `json:"from"`
	To           string     `json:"to"`
	Version      string     `json:"version"`
	Architecture string     `json:"architecture,omitempty"`
	Licence      string     `json:"licence"`
	Source       string     `json:"source"` // the collection that it was chosen from
	Fetched      time.Time  `json:"fetched"`
	Files        []PairFile `json:"files"`
}

// PairFile is one file of a pair.
type PairFile struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"` // model, vocab, srcvocab, trgvocab, lex
	Size     int64  `json:"size"`
	Sum      string `json:"sha256"`
	Location string `json:"location"` // below the attachments of the mirror
}

// PairManifest is the name of the file that a Pair is written to.
const PairManifest = "pair.json"

// Name is how commands call it: "de-en".
func (p Pair) Name() string { return p.From + "-" + p.To }

// Size is the sum of the sizes of the files, in bytes.
func (p Pair) Size() (bytes int64) {
	for _, f := range p.Files {
		bytes += f.Size
	}
	return bytes
}

// PairFolder is the name of a direction's folder: the primary languages
// without scripts and regions, "enzh" for en and zh-Hans.
func PairFolder(from, to string) string {
	return transcript.Primary(from) + transcript.Primary(to)
}

// ReadPair reads the manifest of a folder; ErrMissing when it has none.
func ReadPair(folder string) (Pair, error) {
	name := filepath.Join(folder, PairManifest)
	data, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Pair{}, ErrMissing
	case err != nil:
		return Pair{}, err
	}
	var p Pair
	if err := json.Unmarshal(data, &p); err != nil || p.From == "" || p.To == "" || len(p.Files) == 0 {
		return Pair{}, fmt.Errorf("%s: %w", name, ErrDamaged)
	}
	return p, nil
}

// Write puts the manifest into a folder.
func (p Pair) Write(folder string) error {
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, PairManifest), append(data, '\n'), 0o644)
}

// FetchedPair is a folder with a manifest; Err tells that the manifest cannot
// be read, in which case only the folder is known.
type FetchedPair struct {
	Pair
	Folder string
	Err    error
}

// Pairs are the directions below a folder that were fetched from a mirror, by name.
func Pairs(folder string) []FetchedPair {
	manifests, _ := filepath.Glob(filepath.Join(folder, "*", PairManifest))
	slices.Sort(manifests)
	var out []FetchedPair
	for _, m := range manifests {
		dir := filepath.Dir(m)
		if strings.HasPrefix(filepath.Base(dir), ".") {
			continue // unfinished
		}
		p, err := ReadPair(dir)
		out = append(out, FetchedPair{Pair: p, Folder: dir, Err: err})
	}
	return out
}

// Title names a pair, one with an unreadable manifest by its folder.
func (f FetchedPair) Title() string {
	if f.Err == nil {
		return f.Name()
	}
	name := filepath.Base(f.Folder)
	if len(name) == 4 { // two languages of two letters
		return name[:2] + "-" + name[2:]
	}
	return name
}

// Verify compares each file with the manifest. The error names the remedy.
func (f FetchedPair) Verify() error {
	err := f.Err
	if err == nil {
		err = f.verify(f.Folder)
	}
	if err != nil {
		return fmt.Errorf("translation pair %s: %w; repair it with: amtsleitung models fetch --pair %s", f.Title(), err, f.Title())
	}
	return nil
}

func (p Pair) verify(folder string) error {
	known := []string{PairManifest}
	for _, file := range p.Files {
		known = append(known, file.Name)
		if filepath.Base(file.Name) != file.Name {
			return fmt.Errorf("%s: %w", filepath.Join(folder, PairManifest), ErrDamaged)
		}
		if err := (File{Path: file.Name, Size: file.Size, Sum: file.Sum}).verify(folder); err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(folder, file.Name), err)
		}
	}
	return strangers(folder, known)
}

// strangers are files that the engine might take instead of the pair's own.
func strangers(folder string, known []string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); (ext == ".bin" || ext == ".spm") && !slices.Contains(known, e.Name()) {
			return fmt.Errorf("%w: %s does not belong to it", ErrDamaged, filepath.Join(folder, e.Name()))
		}
	}
	return nil
}

// VerifyFolder compares the files of one direction's folder with its manifest
// or, where it came with a package, with ours. ErrUnknown: nobody knows what
// should be in it, as with models that an operator trained.
func VerifyFolder(folder string) error {
	p, err := ReadPair(folder)
	if !errors.Is(err, ErrMissing) {
		return FetchedPair{Pair: p, Folder: folder, Err: err}.Verify()
	}
	m, ok := Packaged(filepath.Base(folder))
	if !ok {
		return fmt.Errorf("%w of translation in %s", ErrUnknown, folder)
	}
	for _, f := range m.Files {
		f.Path = path.Base(f.Path)
		if err := f.verify(folder); err != nil {
			return &Error{Model: m.Name, Path: filepath.Join(folder, f.Path), Err: err}
		}
	}
	return nil
}

// Packaged is the manifest's model of a direction, "enpt".
func Packaged(direction string) (Model, bool) {
	for _, m := range Manifest() {
		if len(m.Files) > 0 && path.Dir(m.Files[0].Path) == "bergamot/"+direction {
			return m, true
		}
	}
	return Model{}, false
}

// replaced says which pair from a mirror lies where the model's files belong.
func (m Model) replaced(dir string) (Pair, bool) {
	for _, f := range m.Files {
		p, err := ReadPair(filepath.Dir(Path(dir, f.Path)))
		if err == nil {
			return p, true
		}
	}
	return Pair{}, false
}

// Replaced says whether a pair from a mirror lies where the model's files belong.
func (m Model) Replaced(dir string) bool {
	_, yes := m.replaced(dir)
	return yes
}
