package web

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/media/audiofile"
	"github.com/amtsleitung/amtsleitung/media/wav"
	"github.com/amtsleitung/amtsleitung/meeting"
	"github.com/amtsleitung/amtsleitung/meeting/booth"
	"github.com/amtsleitung/amtsleitung/subtitles/rooms"
)

const (
	longestField = 1 << 10 // bytes of a field that is not the file
	mostParts    = 20
	uploadPrefix = "recording-" // of temporary files
	atOnceFiles  = 2            // that arrive for one meeting
)

// recordingUpload is one recording on its way.
type recordingUpload struct {
	*meetings
	mt       *meeting.Meeting
	boundary string
	path     string // of the temporary file
	name     string // as its sender called it
	fields   map[string]string
}

// newUpload looks at what can be told before any of the body is read.
func (m *meetings) newUpload(c *fiber.Ctx, mt *meeting.Meeting, length int) (*recordingUpload, error) {
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	switch {
	case err != nil || kind != fiber.MIMEMultipartForm || params["boundary"] == "":
		return nil, refusal(c, fiber.StatusUnsupportedMediaType, "send the recording as the field file of multipart/form-data")
	case int64(length) > m.Largest:
		return nil, m.refuse(c, m.tooLarge())
	}
	return &recordingUpload{meetings: m, mt: mt, boundary: strings.Clone(params["boundary"]), fields: map[string]string{}}, nil
}

// wrongUpload is what is wrong with a form.
type wrongUpload struct {
	code int
	line string
}

// Error implements error.
func (w *wrongUpload) Error() string { return w.line }

func badUpload(format string, args ...any) error {
	return &wrongUpload{fiber.StatusBadRequest, fmt.Sprintf(format, args...)}
}

func (m *meetings) tooLarge() error {
	return &wrongUpload{fiber.StatusRequestEntityTooLarge, fmt.Sprintf("the recording is larger than %d MB: send it compressed (Ogg Opus, MP3 or FLAC), or in parts", m.Largest>>20)}
}

// take reads the form and plays what was in it.
func (u *recordingUpload) take(body io.Reader) (input string, err error) {
	free, ok := u.arriving.begin(u.mt.Room.Code())
	if !ok {
		return "", &wrongUpload{fiber.StatusTooManyRequests, "other recordings are arriving for this meeting; wait for one of them"}
	}
	defer free()
	defer func() {
		if input == "" && u.path != "" { // it failed, or panics
			_ = os.Remove(u.path) // the system's folder for such files is emptied by itself
		}
	}()
	if err := u.read(body); err != nil {
		return "", damaged(err)
	}
	return u.play()
}

// read takes all parts of the form.
func (u *recordingUpload) read(body io.Reader) error {
	parts := multipart.NewReader(body, u.boundary)
	for range mostParts {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = u.part(p)
		}
		if err != nil {
			return err
		}
	}
	return badUpload("the form has more than %d fields", mostParts)
}

// damaged is what an error of reading a form says to its sender.
func damaged(err error) error {
	var wrong *wrongUpload
	var failed *os.PathError
	switch {
	case errors.As(err, &wrong), errors.As(err, &failed), errors.Is(err, errRestart):
		return err
	case errors.Is(err, errSlow):
		return &wrongUpload{fiber.StatusRequestTimeout, err.Error()}
	}
	return badUpload("the form is damaged or ends too early")
}

func (u *recordingUpload) part(p *multipart.Part) error {
	if p.FormName() == "file" {
		if u.path != "" {
			return badUpload("the form has more than one file")
		}
		return u.store(p)
	}
	data, err := io.ReadAll(io.LimitReader(p, longestField+1))
	if err != nil {
		return err
	}
	if len(data) > longestField {
		return badUpload("the fields name, speaker and language have at most %d bytes", longestField)
	}
	u.fields[p.FormName()] = string(data)
	return nil
}

// store writes the recording to a temporary file.
func (u *recordingUpload) store(p *multipart.Part) (err error) {
	u.name = oneLine(path.Base(strings.ReplaceAll(p.FileName(), `\`, "/")))
	if p.FileName() == "" {
		return badUpload("the field file must be a file with a name, not a text")
	}
	if r := []rune(u.name); len(r) > longestInput {
		u.name = string(r[:longestInput])
	}
	f, err := os.CreateTemp(u.Temp, uploadPrefix)
	if err != nil {
		return err
	}
	u.path = f.Name()
	defer func() { err = errors.Join(err, f.Close()) }()
	n, err := io.Copy(f, io.LimitReader(p, u.Largest+1))
	switch {
	case err != nil:
		return err
	case n > u.Largest:
		return u.tooLarge()
	case n == 0:
		return badUpload("the file %s is empty", u.name)
	}
	return nil
}

// play makes the recording an input; the temporary file goes when it has been played.
func (u *recordingUpload) play() (input string, err error) {
	if u.path == "" {
		return "", badUpload("the field file is missing: the recording as a file of the form")
	}
	s, wrong := source{u.fields["name"], u.fields["speaker"], u.fields["language"]}.of(u.mt, rooms.File, u.name)
	if wrong != "" {
		return "", badUpload("%s", wrong)
	}
	recorded, err := openRecording(u.path, u.name)
	if err != nil {
		return "", err
	}
	one := &file{name: u.name}
	ctx, cancel := within()
	defer cancel()
	in, err := u.mt.Booth.Start(ctx, recorded, s, func(done, whole time.Duration) { u.files.progress(one, done, whole) })
	if err != nil {
		return "", err
	}
	u.files.add(u.mt.Room.Code(), one, in.ID())
	u.taken.after(in.Done(), func() {
		_ = os.Remove(u.path) // the system's folder for such files is emptied by itself
		u.over(in, one)
	})
	return in.ID(), nil
}

// over takes a recording off the list when it has been played; one that broke
// off stays there as long as the meeting does.
func (u *recordingUpload) over(in *booth.Input, one *file) {
	code := u.mt.Room.Code()
	gone := func() { u.files.remove(code, one) }
	select {
	case <-in.Done():
	default: // the service ends
		gone()
		return
	}
	if err := in.Err(); err != nil && !errors.Is(err, booth.ErrClosed) {
		u.files.breakOff(code, one, strings.ReplaceAll(err.Error(), u.path, one.name))
		u.taken.after(u.mt.Done(), gone)
		return
	}
	gone()
}

// openRecording opens a file and looks whether there is any sound in it.
func openRecording(path, name string) (*audiofile.File, error) {
	f, err := audiofile.Open(path)
	if err != nil {
		return nil, plainFile(err, path, name)
	}
	n, err := f.Read(make([]int16, 320))
	if e := f.Close(); e != nil && n > 0 {
		return nil, plainFile(e, path, name)
	}
	switch {
	case n == 0 && (err == nil || errors.Is(err, io.EOF) || errors.Is(err, wav.ErrEmpty)):
		return nil, badUpload("%s: %s", name, audiofile.ErrEmpty)
	case n == 0:
		return nil, plainFile(err, path, name)
	}
	if f, err = audiofile.Open(path); err != nil {
		return nil, plainFile(err, path, name)
	}
	return f, nil
}

// plainFile says an error of a recording with the name that its sender knows.
func plainFile(err error, path, name string) error {
	return badUpload("%s", strings.ReplaceAll(err.Error(), path, name))
}

// sweep removes what a service that ended at once has left of recordings.
func (m *meetings) sweep() error {
	if m.Temp == "" {
		return nil // the system sweeps its own folder
	}
	left, err := filepath.Glob(filepath.Join(m.Temp, uploadPrefix+"*"))
	if err != nil {
		return fmt.Errorf("recordings left in %s: %w", m.Temp, err)
	}
	for _, path := range left {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("a recording that was left: %w (remove it)", err)
		}
	}
	return nil
}
