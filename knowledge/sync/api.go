package sync

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/amtsleitung/amtsleitung/knowledge/imports"
)

// list reads an API that answers with a list of articles: an array, or one
// below "articles", "items", "data" or "results". The keys of an article are
// those that an import of JSON lines knows; each needs an id or an address.
func (r *run) list(ctx context.Context, web *visitor) error {
	const whole = "" // the list itself is remembered under no address
	before := r.known[whole]
	delete(r.known, whole)
	p, err := web.fetch(ctx, r.source.API, before.ETag, before.Modified, maxSitemap)
	if err != nil {
		return err
	}
	if p.same {
		for address, page := range r.known {
			r.seen[address] = true
			if err := r.found(ctx, page); err != nil {
				return err
			}
		}
		r.report.Pages = len(r.known)
		return nil
	}
	lines, err := objects(p.data)
	if err != nil {
		return fmt.Errorf("%s: %w", r.source.API, err)
	}
	read, err := imports.Read(ctx, r.source.API, bytes.NewReader(lines), imports.Options{
		Format: "jsonl", Language: r.source.Language, Departments: r.Departments, MaxSize: maxSitemap,
	})
	if err != nil {
		return err
	}
	if read.Failed() {
		for _, n := range read.Notes {
			if n.Level == imports.Broken {
				r.note("%s", n)
			}
		}
		return errors.New("the list was not taken: part of it cannot be read")
	}
	for _, d := range read.Drafts {
		r.seen[d.ID] = true
		r.report.Pages++
		known := r.known[d.ID]
		known.URL = d.ID
		if err := r.take(ctx, known, d); err != nil {
			return err
		}
	}
	before.ETag, before.Modified = p.etag, p.modified
	return r.Store.PutSyncPage(ctx, r.source.Name, before)
}

// objects writes the articles of a list one a line.
func objects(data []byte) ([]byte, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		var wrapped map[string]json.RawMessage
		if json.Unmarshal(data, &wrapped) != nil {
			return nil, errors.New("is no JSON list of articles")
		}
		for _, key := range []string{"articles", "items", "data", "results"} {
			if json.Unmarshal(wrapped[key], &list) == nil && list != nil {
				break
			}
		}
	}
	if len(list) == 0 {
		return nil, errors.New("lists no article")
	}
	var b bytes.Buffer
	for _, object := range list {
		if err := json.Compact(&b, object); err != nil {
			return nil, err
		}
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}
