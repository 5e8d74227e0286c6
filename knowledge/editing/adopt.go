package editing

import (
	"context"
	"maps"
	"strings"

	"github.com/amtsleitung/amtsleitung/knowledge/imports"
	"github.com/amtsleitung/amtsleitung/store"
)

// fromFolder is the origin of what came from the city's folder.
const fromFolder = "folder"

// adopt takes over what the city's folder holds: new articles and, where
// nobody has edited an article here, its changes. They count as reviewed by
// whom their file names.
func (l *Library) adopt(ctx context.Context) error {
	read, err := imports.ReadFolder("", l.city)
	if err != nil {
		return err
	}
	for _, n := range read.Notes {
		if n.Level == imports.Broken {
			l.log.Warn("article of the folder not taken over", "problem", n.String())
		}
	}
	taken, edited := 0, 0
	err = l.store.ChangeArticles(ctx, func(c *store.ArticleChange) error {
		all, err := c.Versions("")
		if err != nil {
			return err
		}
		newest := map[string]Version{}
		for _, v := range all {
			newest[v.Article] = v
		}
		for _, d := range read.Drafts {
			before, there := newest[d.ID]
			if there && before.Origin != fromFolder {
				edited++
				continue
			}
			if there && sameText(before.Files, d.Files) && before.EndedAt.IsZero() {
				continue
			}
			taken++
			if err := l.adoptOne(c, d, before.Number); err != nil {
				return err
			}
		}
		return l.dropMissing(c, newest, read.Drafts)
	})
	if err == nil && taken+edited > 0 {
		l.log.Info("articles of the folder", "taken", taken, "edited_here", edited)
	}
	return err
}

func (l *Library) adoptOne(c *store.ArticleChange, d imports.Draft, before int) error {
	head, err := imports.FromFiles(d.ID, d.Files)
	if err != nil {
		return err
	}
	files, number := d.Files, max(1, head.Version)
	if number <= before { // the folder's own number was used already
		number = before + 1
		files = maps.Clone(files)
		files[imports.HeadFile] = imports.SetField(files[imports.HeadFile], "version", itoa(number))
	}
	now := l.now()
	v := Version{
		Article: d.ID, Number: number, Folder: d.Folder, State: Approved, Origin: fromFolder, Authors: []string{fromFolder},
		Reviewer: head.Reviewer, Created: now, Changed: now, PublishAt: now, Files: files,
	}
	if err := c.Put(v); err != nil {
		return err
	}
	return c.Event(store.ArticleEvent{Article: d.ID, Number: number, Who: fromFolder, What: "adopted", Detail: head.Reviewer})
}

// dropMissing withdraws what was taken from the folder and is gone there.
func (l *Library) dropMissing(c *store.ArticleChange, newest map[string]Version, drafts []imports.Draft) error {
	there := map[string]bool{}
	for _, d := range drafts {
		there[d.ID] = true
	}
	for id, v := range newest {
		if v.Origin != fromFolder || there[id] || !v.EndedAt.IsZero() {
			continue
		}
		if err := l.end(c, fromFolder, id, "gone from the folder"); err != nil {
			return err
		}
	}
	return nil
}

// sameText compares files but for the number of the version.
func sameText(a, b map[string]string) bool {
	a, b = maps.Clone(a), maps.Clone(b)
	for _, files := range []map[string]string{a, b} {
		files[imports.HeadFile] = strings.TrimSpace(imports.SetField(files[imports.HeadFile], "version", "1"))
	}
	return maps.Equal(a, b)
}
