package mirror

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// place puts a finished folder where the engine looks. An older one is
// exchanged for it in one step, so that there is always a whole one.
func place(folder, final, before string) error {
	err := os.Rename(folder, final)
	if err == nil {
		return syncFolder(filepath.Dir(final))
	}
	if !errors.Is(err, unix.EEXIST) && !errors.Is(err, unix.ENOTEMPTY) {
		return err
	}
	err = unix.Renameat2(unix.AT_FDCWD, folder, unix.AT_FDCWD, final, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) { // some file systems cannot
		err = swap(folder, final, before)
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(final))
}

// swap puts the old folder back when the new one cannot take its place.
func swap(folder, final, before string) error {
	if err := os.Rename(final, before); err != nil {
		return err
	}
	if err := os.Rename(folder, final); err != nil {
		return errors.Join(err, os.Rename(before, final))
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
