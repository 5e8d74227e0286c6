package imports

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// ReadFolder reads articles in the form of a city's folder, to the byte.
func ReadFolder(name string, fsys fs.FS) (Result, error) {
	in := &input{name: name, Options: Options{Language: "de", MaxSize: defaultSize}, ctx: func() error { return nil }}
	err := fs.WalkDir(fsys, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() != HeadFile {
			return err
		}
		return in.readArticle(fsys, path.Dir(file))
	})
	if err != nil {
		return Result{}, fmt.Errorf("read %s: %w", name, err)
	}
	in.finish()
	return in.Result, nil
}

func (in *input) readArticle(fsys fs.FS, dir string) error {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return err
	}
	e := Exported{ID: path.Base(dir), Folder: strings.TrimPrefix(dir, "articles/"), Files: map[string]string{}}
	if e.Folder == e.ID {
		e.Folder = ""
	}
	p := Place{File: path.Join(in.name, dir, HeadFile)}
	for _, entry := range entries {
		file := path.Join(dir, entry.Name())
		if entry.IsDir() {
			continue
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Size() > 256<<10 {
			in.broken(Place{File: path.Join(in.name, file)}, "is larger than 256 KB; an article is short")
			return nil
		}
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return err
		}
		e.Files[entry.Name()] = string(data)
	}
	in.takeFiles(p, e)
	return nil
}
