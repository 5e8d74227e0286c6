// Package cities holds the demo city inside the program: nothing flows in, the
// files of Musterstadt flow out.
package cities

import (
	"embed"
	"io/fs"
)

//go:embed musterstadt
var files embed.FS

// Musterstadt is a fictional city with its articles, as knowledge.Options.FS
// wants it.
func Musterstadt() fs.FS {
	city, err := fs.Sub(files, "musterstadt")
	if err != nil { // the folder is part of the program: cannot happen
		panic(err)
	}
	return city
}
