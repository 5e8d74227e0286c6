package audiofile

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// OpenBytes opens a recording that somebody sent; name is for errors. Nothing
// of it is written to a disk: where only ffmpeg can read it, ffmpeg gets it as
// an anonymous file in memory, and may read nothing else.
func OpenBytes(data []byte, name string) (*File, error) {
	var memory *os.File
	s, read, err := decode(bytes.NewReader(data), func(refused error, head []byte) (_ source, err error) {
		if memory, err = inMemory(data); err != nil {
			return nil, err
		}
		return askFFmpeg(refused, head, memory, "-format_whitelist", containers, "-i", "file:/dev/fd/3")
	})
	if err != nil {
		if memory != nil {
			err = errors.Join(err, memory.Close())
		}
		return nil, fmt.Errorf("read audio %s: %w", name, err)
	}
	if memory != nil {
		return newFile(name, s, memory)
	}
	file, err := newFile(name, s, nil)
	if err == nil {
		file.measure(bytes.NewReader(data), read, int64(len(data)))
	}
	return file, err
}

// inMemory makes an anonymous file (memfd_create(2)).
func inMemory(data []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("recording", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("file in memory: %w", err)
	}
	f := os.NewFile(uintptr(fd), "recording")
	if _, err := f.Write(data); err != nil {
		return nil, fmt.Errorf("file in memory: %w", errors.Join(err, f.Close()))
	}
	if _, err := f.Seek(0, 0); err != nil {
		return nil, fmt.Errorf("file in memory: %w", errors.Join(err, f.Close()))
	}
	return f, nil
}
