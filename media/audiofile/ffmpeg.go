package audiofile

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/media"
)

// ffmpegSource lets ffmpeg decode to the inner rate through a pipe. It takes two
// channels: ffmpeg's own mean would lose sides that are turned against each other.
type ffmpegSource struct {
	cancel  context.CancelFunc
	cmd     *exec.Cmd
	out     *bufio.Reader
	said    report
	refused error // what is wrong with the file unless ffmpeg reads it
	given   int64 // sample frames that were read
	raw     []byte
	waited  bool
	err     error
}

// containers are what ffmpeg may find in a file that somebody sent: none of
// them names other files or addresses to be read in its place, as playlists do.
const containers = "aac,ac3,aiff,amr,asf,au,avi,caf,flac,flv,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpeg,mpegts,ogg,wav"

// inTime keeps each sound where its time stamp puts it: silence stands before
// one that begins later than its film, and where a stream left a gap.
const inTime = "aresample=async=1:first_pts=0"

// noStream is what ffmpeg says when there is nothing but pictures.
const noStream = "does not contain any stream"

// ffmpegOn reads a file by its path.
func ffmpegOn(path string) fallback {
	return func(refused error, head []byte) (source, error) {
		return askFFmpeg(refused, head, nil, "-i", "file:"+path)
	}
}

// askFFmpeg tells why the file was refused, if ffmpeg cannot read it either.
func askFFmpeg(refused error, head []byte, file *os.File, input ...string) (source, error) {
	s, err := startFFmpeg(file, input...)
	switch {
	case errors.Is(err, ErrUnknown):
		return nil, explain(refused, head, noFFmpeg)
	case err != nil:
		return nil, err
	}
	if !errors.Is(refused, ErrUnknown) {
		s.refused = refused
	}
	return s, nil
}

// startFFmpeg gives ffmpeg a file that it may read as /dev/fd/3, or none.
func startFFmpeg(file *os.File, input ...string) (*ffmpegSource, error) {
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		return nil, ErrUnknown
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &ffmpegSource{cancel: cancel}
	// Only local files: a playlist must not make ffmpeg reach for the network.
	arguments := append([]string{"-hide_banner", "-nostats", "-v", "level+info", "-nostdin", "-protocol_whitelist", "file,pipe"}, input...)
	arguments = append(arguments, "-vn", "-af", inTime, "-f", "s16le", "-ac", "2", "-ar", fmt.Sprint(media.SampleRate), "-")
	s.cmd = exec.CommandContext(ctx, program, arguments...)
	s.cmd.Stderr = &s.said
	if file != nil {
		s.cmd.ExtraFiles = []*os.File{file}
	}
	pipe, err := s.cmd.StdoutPipe()
	if err != nil {
		cancel()
		return nil, fmt.Errorf("start ffmpeg: %w", err)
	}
	if err := s.cmd.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("start ffmpeg: %w", err)
	}
	s.out = bufio.NewReaderSize(pipe, 1<<16)
	return s, nil
}

func (s *ffmpegSource) rate() int               { return media.SampleRate }
func (s *ffmpegSource) channels() int           { return 2 }
func (s *ffmpegSource) duration() time.Duration { return 0 }

// stated implements stating.
func (s *ffmpegSource) stated() time.Duration { return s.said.duration() }

func (s *ffmpegSource) read(dst []int16) (int, error) {
	if cap(s.raw) < 2*len(dst) {
		s.raw = make([]byte, 2*len(dst))
	}
	n, err := io.ReadFull(s.out, s.raw[:2*len(dst)])
	for i := range n / 2 {
		dst[i] = int16(binary.LittleEndian.Uint16(s.raw[2*i:]))
	}
	s.given += int64(n / 4)
	if err == nil {
		return n / 2, nil
	}
	n = n / 4 * 2 // whole sample frames
	if err := s.wait(); err != nil {
		if strings.Contains(s.said.first(), noStream) {
			return n, ErrEmpty
		}
		return n, s.failure(err)
	}
	if missing := s.said.duration() - samplesLast(s.given, s.rate()); missing > mostMissing && s.said.failed() {
		return n, fmt.Errorf("the file is damaged or truncated: it ends too early (%s)", s.said.first())
	}
	return n, io.EOF
}

// mostMissing is how much a film that ffmpeg has something to say about may
// last longer than its sound.
const mostMissing = 2 * time.Second

// failure tells why ffmpeg cannot read the file.
func (s *ffmpegSource) failure(err error) error {
	if s.refused != nil {
		return s.refused
	}
	why := s.said.first()
	if why == "" {
		why = err.Error()
	}
	return fmt.Errorf("ffmpeg cannot read it: %s (is it a whole recording?)", why)
}

// wait reaps the process once.
func (s *ffmpegSource) wait() error {
	if !s.waited {
		s.waited, s.err = true, s.cmd.Wait()
	}
	return s.err
}

// close ends ffmpeg if it still runs; being killed is then no error.
func (s *ffmpegSource) close() error {
	s.cancel()
	_ = s.wait()
	return nil
}
