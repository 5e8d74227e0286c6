package mirror

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/amtsleitung/amtsleitung/models"
)

const (
	mostTries  = 5
	firstPause = time.Second // doubled after each try
	// stalled is how long a transfer may stand still.
	stalled = 30 * time.Second
	// widest is the most memory that an archive may ask for, in bytes.
	widest = 128 << 20
)

var errRange = errors.New("mirror: the rest of the file is not to be had")

// again marks an error after which it is worth while to try again.
func again(err error) error { return temporary{err} }

type temporary struct{ error }

func (t temporary) Unwrap() error { return t.error }

// retry tries until it works, an error says that it never will, or enough is enough.
func (f Fetcher) retry(ctx context.Context, do func() error) error {
	pause := firstPause
	for n := 1; ; n++ {
		err := do()
		var t temporary
		if !errors.As(err, &t) || ctx.Err() != nil {
			return err
		}
		if n == mostTries {
			return fmt.Errorf("%w (tried %d times)", t.error, n)
		}
		if err := f.pause(ctx, pause); err != nil {
			return err
		}
		pause *= 2
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// download gives the path of the file as the mirror has it, checked. What an
// earlier run left unfinished is taken up again; the name is the checksum, so
// that it can never be the beginning of something else.
func (f Fetcher) download(ctx context.Context, base string, r record) (string, error) {
	want := r.Attachment.Sum
	if want == "" {
		want = r.sum()
	}
	name := filepath.Join(f.Downloads, "translation-"+want)
	address := base + strings.TrimLeft(r.Attachment.Location, "/")
	wrong := 0
	err := f.retry(ctx, func() error {
		if err := f.transfer(ctx, address, name, int64(r.Attachment.Size)); err != nil {
			return err
		}
		if r.Attachment.Sum == "" {
			return nil // only the unpacked bytes can be checked
		}
		sum, err := sumOf(name)
		if err != nil || sum == want {
			return err
		}
		os.Remove(name)
		err = fmt.Errorf("mirror: %s: %w: its sha256 is %.12s… instead of %.12s…", address, models.ErrDamaged, sum, want)
		if wrong++; wrong == 1 { // perhaps the unfinished beginning was damaged
			return again(err)
		}
		return err
	})
	return name, err
}

// transfer appends what is missing. It stops a connection that stands still.
func (f Fetcher) transfer(ctx context.Context, address, name string, size int64) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	have, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if size > 0 && have == size {
		return nil
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	watch := time.AfterFunc(stalled+headerTimeout+connectTimeout, func() { stop(fmt.Errorf("nothing came for %s", stalled)) })
	defer watch.Stop()
	response, err := f.get(ctx, address, have)
	if errors.Is(err, errRange) {
		return errors.Join(err, file.Truncate(0))
	}
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusPartialContent || !continues(response, have) {
		if response.StatusCode == http.StatusPartialContent {
			return errors.Join(again(errRange), file.Truncate(0))
		}
		if err := rewind(file); err != nil {
			return err
		}
		have = 0
	}
	limit := size
	if limit == 0 {
		limit = largest
	}
	body := &watched{io.LimitReader(response.Body, limit-have+1), func() { watch.Reset(stalled) }}
	n, err := io.Copy(file, body)
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%s: %w; make room and repeat, it goes on where it stopped", f.Downloads, err)
	case errors.As(err, new(*fs.PathError)):
		return err
	case err != nil && context.Cause(ctx) != nil:
		return again(fmt.Errorf("mirror: %s: %w", address, context.Cause(ctx)))
	case err != nil:
		return again(fmt.Errorf("mirror: %s: %w", address, err))
	case have+n > limit:
		return errors.Join(fmt.Errorf("mirror: %s: %w: it has more than %d bytes", address, models.ErrDamaged, limit), os.Remove(name))
	case size > 0 && have+n < size:
		return again(fmt.Errorf("mirror: %s: it ended after %d of %d bytes", address, have+n, size))
	}
	return file.Sync()
}

func rewind(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.Seek(0, io.SeekStart)
	return err
}

// continues says whether a partial answer begins where we stopped (RFC 9110, section 14.4).
func continues(r *http.Response, have int64) bool {
	return strings.HasPrefix(r.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have))
}

// watched tells of each piece that comes.
type watched struct {
	io.Reader
	came func()
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if n > 0 {
		w.came()
	}
	return n, err
}

func sumOf(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// unpack writes the file as the engine reads it and returns its size.
func unpack(packed, to string, r record) (int64, error) {
	in, err := os.Open(packed)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	var from io.Reader = in
	if r.packed() {
		d, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(widest))
		if err != nil {
			return 0, fmt.Errorf("%s: %w", r.Name, err)
		}
		defer d.Close()
		from = d
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	return write(out, from, r)
}

// write never writes more than the record promises.
func write(out *os.File, from io.Reader, r record) (int64, error) {
	limit := int64(r.Size)
	if limit == 0 {
		limit = largest
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, h), io.LimitReader(from, limit+1))
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return 0, fmt.Errorf("%s: %w; make room for %d MB and repeat", filepath.Dir(out.Name()), err, limit>>20+1)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return 0, fmt.Errorf("%s: %w: the packed file ends too early", r.Name, models.ErrDamaged)
	case errors.As(err, new(*fs.PathError)):
		return 0, err
	case err != nil:
		return 0, fmt.Errorf("%s: %w: it cannot be unpacked: %w", r.Name, models.ErrDamaged, err)
	case n > limit:
		return 0, fmt.Errorf("%s: %w: unpacked it has more than %d bytes", r.Name, models.ErrDamaged, limit)
	case r.Size > 0 && n < limit:
		return 0, fmt.Errorf("%s: %w: unpacked it has %d bytes instead of %d", r.Name, models.ErrDamaged, n, limit)
	}
	if sum := hex.EncodeToString(h.Sum(nil)); sum != r.sum() {
		return 0, fmt.Errorf("%s: %w: unpacked its sha256 is %.12s… instead of %.12s…", r.Name, models.ErrDamaged, sum, r.sum())
	}
	return n, out.Sync()
}
