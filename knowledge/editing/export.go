package editing

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/amtsleitung/amtsleitung/knowledge/imports"
)

// ExportLines writes versions as JSON lines that import to the byte.
func ExportLines(w io.Writer, versions []Version) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, v := range versions {
		if err := e.Encode(imports.Exported{ID: v.Article, Folder: v.Folder, Files: v.Files}); err != nil {
			return fmt.Errorf("export article %s: %w", v.Article, err)
		}
	}
	return nil
}

// Paths of a version's files below a city's folder.
func Paths(v Version) map[string]string {
	out := map[string]string{}
	for name, text := range v.Files {
		out[articlesFolder+"/"+folder(v)+"/"+name] = text
	}
	return out
}
