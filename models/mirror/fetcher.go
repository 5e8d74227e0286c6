// Package mirror brings translation models from a Remote Settings server that
// the operator names: pairs of languages in; checked folders that the engine
// can load out. Nothing is asked of any other server.
package mirror

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/amtsleitung/amtsleitung/models"
)

// Fetcher puts models of a mirror into a folder.
type Fetcher struct {
	Address   string // of the server: "https://mirror.example.org"
	Folder    string // gets one folder per direction: "deen"
	Downloads string // where unfinished downloads wait to be taken up again
	Through   string // the language between two that have no direct model; "" is English
	Trial     bool   // versions on trial are taken, too
	// Try loads the unpacked direction below dir and translates something with
	// it before it takes its place; nil leaves that out.
	Try      func(ctx context.Context, dir, from, to string) error
	Progress func(line string) // told each step, one line for people
	Client   *http.Client      // nil: one that uses the proxies of the environment

	pause func(ctx context.Context, d time.Duration) error
	free  func(dir string) (bytes int64, err error)
	now   func() time.Time
}

// licence is what Mozilla says of its models; the records themselves say nothing.
const licence = "MPL-2.0 (says Mozilla's project; the records name none)"

// partial marks what is not finished; nothing ever reads it.
const partial = ".partial-"

// ErrNoMirror says that the operator has named none.
var ErrNoMirror = errors.New("no mirror is named: set translation.mirror in the configuration or give --mirror https://…; nothing is asked of anybody without it")

// Fetch makes sure that each pair ("de-tr") can be translated: with the newest
// direct model of the mirror, or with the two through English.
func (f Fetcher) Fetch(ctx context.Context, pairs ...string) error {
	if f.Address == "" {
		return ErrNoMirror
	}
	if _, err := root(f.Address); err != nil {
		return err
	}
	var wanted []direction
	for _, p := range pairs {
		d, err := parseDirection(p)
		if err != nil {
			return err
		}
		wanted = append(wanted, d)
	}
	f = f.withDefaults()
	unlock, err := f.lock()
	if err != nil {
		return err
	}
	defer unlock()
	c, err := f.catalogue(ctx)
	if err != nil {
		return err
	}
	parts, err := f.parts(c, wanted)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if err := f.part(ctx, c, p); err != nil {
			return fmt.Errorf("fetch %s: %w", p.direction, err)
		}
	}
	return nil
}

func (f Fetcher) withDefaults() Fetcher {
	if f.Through == "" {
		f.Through = "en"
	}
	if f.Progress == nil {
		f.Progress = func(string) {}
	}
	if f.Client == nil {
		f.Client = newClient()
	}
	if f.pause == nil {
		f.pause = pause
	}
	if f.free == nil {
		f.free = free
	}
	if f.now == nil {
		f.now = time.Now
	}
	return f
}

// lock keeps two fetches apart and clears away what an interrupted one left.
func (f Fetcher) lock() (unlock func(), err error) {
	for _, dir := range []string{f.Folder, f.Downloads} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("create folder of translation models: %w", err)
		}
	}
	file, err := os.OpenFile(filepath.Join(f.Folder, ".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock folder of translation models: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", f.Folder, err)
	}
	clear := func() {
		left, _ := filepath.Glob(filepath.Join(f.Folder, partial+"*"))
		for _, path := range left {
			os.RemoveAll(path)
		}
	}
	clear()
	return func() {
		clear()
		f.Client.CloseIdleConnections()
		file.Close()
	}, nil
}

// parts are all models that are needed, each once, before anything is fetched.
func (f Fetcher) parts(c catalogue, wanted []direction) ([]part, error) {
	var out []part
	for _, d := range wanted {
		found, err := c.plan(d, f.Through, f.Trial)
		if err != nil {
			return nil, err
		}
		if len(found) > 1 {
			f.Progress(fmt.Sprintf("%s: no direct model; it goes through %s with %s and %s", d, f.Through, found[0].direction, found[1].direction))
		}
		for _, p := range found {
			if !slices.ContainsFunc(out, func(o part) bool { return o.direction == p.direction }) {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// part brings one direction, unless it is there.
func (f Fetcher) part(ctx context.Context, c catalogue, p part) error {
	final := filepath.Join(f.Folder, models.PairFolder(p.direction.from, p.direction.to))
	if f.there(final, p) {
		return nil
	}
	files := p.sorted()
	if err := f.room(files); err != nil {
		return err
	}
	work, err := os.MkdirTemp(f.Folder, partial)
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	folder := filepath.Join(work, filepath.Base(final))
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	packed, err := f.fill(ctx, c, p, files, folder)
	if err != nil {
		return err
	}
	if f.Try != nil {
		if err := f.Try(ctx, work, p.direction.from, p.direction.to); err != nil {
			return fmt.Errorf("the files are whole, but the engine cannot translate with version %s: %w", p.text, err)
		}
	}
	if err := place(folder, final, filepath.Join(work, "before")); err != nil {
		return err
	}
	for _, path := range packed {
		os.Remove(path)
	}
	f.Progress(fmt.Sprintf("%s: version %s is ready (licence: %s)", p.direction, p.text, licence))
	return nil
}

// fill writes the files and the manifest into a folder that nobody looks at
// yet, and says which downloads are not needed any more once it is in its place.
func (f Fetcher) fill(ctx context.Context, c catalogue, p part, files []record, folder string) (packed []string, err error) {
	made := models.Pair{
		From: p.direction.from, To: p.direction.to, Version: p.text, Architecture: p.architecture,
		Licence: licence, Source: c.source, Fetched: f.now().UTC().Truncate(time.Second),
	}
	for _, r := range files {
		file, from, err := f.file(ctx, c, p, r, folder)
		if err != nil {
			return nil, err
		}
		made.Files = append(made.Files, file)
		packed = append(packed, from)
	}
	return packed, made.Write(folder)
}

// there says that the wanted version, or for a half a checked model of a
// package, is in its place.
func (f Fetcher) there(folder string, p part) bool {
	had, err := models.ReadPair(folder)
	if errors.Is(err, models.ErrMissing) && p.half && models.VerifyFolder(folder) == nil {
		f.Progress(fmt.Sprintf("%s: is there, from a package", p.direction))
		return true
	}
	if err != nil || had.Version != p.text || models.VerifyFolder(folder) != nil {
		return false
	}
	for _, r := range p.files {
		if !slices.ContainsFunc(had.Files, func(file models.PairFile) bool { return file.Sum == r.sum() }) {
			return false
		}
	}
	f.Progress(fmt.Sprintf("%s: version %s is there", p.direction, had.Version))
	return true
}

// sorted are the files that the engine needs, the small ones first: a broken
// mirror shows early.
func (b *bundle) sorted() []record {
	var out []record
	_, src := b.files["srcvocab"]
	_, trg := b.files["trgvocab"]
	for _, kind := range []string{"vocab", "srcvocab", "trgvocab", "lex", "model"} {
		if kind == "vocab" && src && trg {
			continue
		}
		if r, ok := b.files[kind]; ok {
			out = append(out, r)
		}
	}
	return out
}

func (f Fetcher) file(ctx context.Context, c catalogue, p part, r record, folder string) (models.PairFile, string, error) {
	name := fileName(p.direction, r)
	f.Progress(fmt.Sprintf("%s: fetching %s, %.1f MB", p.direction, name, float64(r.Attachment.Size)/1e6))
	packed, err := f.download(ctx, c.files, r)
	if err != nil {
		return models.PairFile{}, "", err
	}
	size, err := unpack(packed, filepath.Join(folder, name), r)
	if err != nil {
		if errors.Is(err, models.ErrDamaged) {
			os.Remove(packed)
			err = fmt.Errorf("mirror: %w; tell who runs the mirror", err)
		}
		return models.PairFile{}, "", err
	}
	return models.PairFile{Name: name, Kind: r.Kind, Size: size, Sum: r.sum(), Location: r.Attachment.Location}, packed, nil
}

// fileName keeps the mirror's name where it is one that the engine looks for.
func fileName(d direction, r record) string {
	ext := ".bin"
	if strings.HasSuffix(r.Kind, "vocab") {
		ext = ".spm"
	}
	if regexp.MustCompile(`^` + r.Kind + `\.[A-Za-z0-9.-]{1,60}\` + ext + `$`).MatchString(r.Name) {
		return r.Name
	}
	return r.Kind + "." + models.PairFolder(d.from, d.to) + ext
}

// room looks before it fills a disk.
func (f Fetcher) room(files []record) error {
	var need int64
	for _, r := range files {
		need += int64(r.Size) + int64(r.Attachment.Size)
	}
	have, err := f.free(f.Folder)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Folder, err)
	}
	if have < need {
		return fmt.Errorf("%s: %w: %d MB are free, %d are needed", f.Folder, syscall.ENOSPC, have>>20, need>>20+1)
	}
	return nil
}

func free(dir string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * s.Bsize, nil
}
