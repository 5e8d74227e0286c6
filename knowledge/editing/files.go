package editing

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync/atomic"
)

// articlesFolder lies beside city.yaml.
const articlesFolder = "articles"

// files are the city's folder with other articles in it. Those are swapped as
// a whole.
type files struct {
	city     fs.FS
	articles atomic.Pointer[zip.Reader] // an archive in memory is a complete fs.FS
}

// Open opens a file of the city, or of the published articles.
func (f *files) Open(name string) (fs.File, error) {
	if name == articlesFolder || strings.HasPrefix(name, articlesFolder+"/") {
		return f.articles.Load().Open(name)
	}
	return f.city.Open(name)
}

func (f *files) show(versions []Version) error {
	z, err := archive(versions)
	if err != nil {
		return err
	}
	f.articles.Store(z)
	return nil
}

func archive(versions []Version) (*zip.Reader, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, v := range versions {
		for _, name := range slices.Sorted(maps.Keys(v.Files)) {
			h := &zip.FileHeader{Name: path.Join(articlesFolder, folder(v), name), Method: zip.Store, Modified: v.Changed}
			part, err := w.CreateHeader(h)
			if err != nil {
				return nil, fmt.Errorf("files of article %s: %w", v.Article, err)
			}
			if _, err := part.Write([]byte(v.Files[name])); err != nil {
				return nil, fmt.Errorf("files of article %s: %w", v.Article, err)
			}
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("files of articles: %w", err)
	}
	return zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
}

// folder is where a version lies below articles/.
func folder(v Version) string {
	if v.Folder != "" {
		return v.Folder
	}
	return v.Article
}
