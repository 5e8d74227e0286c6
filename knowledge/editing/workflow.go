package editing

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/amtsleitung/amtsleitung/knowledge"
	"github.com/amtsleitung/amtsleitung/knowledge/imports"
	"github.com/amtsleitung/amtsleitung/store"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Save keeps an editor's text: in the newest version while that is a draft,
// else as a new draft. seen is when the version that the editor began with was
// changed; the zero time is a new article. It returns the version's number.
func (l *Library) Save(ctx context.Context, who string, d imports.Draft, seen time.Time) (int, error) {
	number := 0
	err := l.store.ChangeArticles(ctx, func(c *store.ArticleChange) error {
		newest, err := newestOf(c, d.ID)
		if err != nil {
			return err
		}
		if !newest.Changed.Equal(seen) {
			return ErrConflict
		}
		number, err = l.put(c, who, "editor", d, newest, "saved")
		return err
	})
	return number, err
}

// put writes a draft over the newest version, or after it. An import never
// overwrites what a person has begun.
func (l *Library) put(c *store.ArticleChange, who, origin string, d imports.Draft, newest Version, what string) (int, error) {
	now := l.now()
	v := Version{Article: d.ID, Number: newest.Number + 1, Folder: d.Folder, State: Draft, Origin: origin, Created: now}
	if newest.Number > 0 {
		v.Folder = newest.Folder
	}
	if inPlace := origin == "editor" || origin == newest.Origin; inPlace && (newest.State == Draft || newest.State == Review) {
		v = newest
		v.State, v.Note, v.Origin = Draft, "", origin
	}
	if d.Files == nil {
		d.Version = v.Number
	}
	files, err := d.Render()
	if err != nil {
		return 0, err
	}
	if newest.Number > 0 && d.Files != nil {
		files = maps.Clone(files)
		files[imports.HeadFile] = imports.SetField(files[imports.HeadFile], "version", itoa(v.Number))
	} else if d.Files != nil {
		if own, err := imports.FromFiles(d.ID, files); err == nil {
			v.Number = max(1, own.Version) // as it was counted where it came from
		}
	}
	v.Files, v.Changed, v.Machine = files, now, d.Machine
	v.Authors = append(slices.DeleteFunc(slices.Clone(v.Authors), func(a string) bool { return a == who }), who)
	if err := c.Put(v); err != nil {
		return 0, err
	}
	return v.Number, c.Event(store.ArticleEvent{Article: d.ID, Number: v.Number, Who: who, What: what, Detail: origin})
}

// Imported says what became of an import.
type Imported struct{ New, Changed, Same int }

// Import keeps drafts, all or none. What a draft lacks and the article has
// already stays; nothing is published.
func (l *Library) Import(ctx context.Context, who, origin string, drafts []imports.Draft) (Imported, error) {
	var n Imported
	err := l.store.ChangeArticles(ctx, func(c *store.ArticleChange) error {
		for _, d := range drafts {
			newest, err := newestOf(c, d.ID)
			if err != nil {
				return err
			}
			same, err := l.importOne(c, who, origin, d, newest)
			switch {
			case err != nil:
				return err
			case same:
				n.Same++
			case newest.Number == 0:
				n.New++
			default:
				n.Changed++
			}
		}
		return nil
	})
	return n, err
}

func (l *Library) importOne(c *store.ArticleChange, who, origin string, d imports.Draft, newest Version) (same bool, err error) {
	if newest.Number > 0 && d.Files == nil {
		old, err := imports.FromFiles(d.ID, newest.Files)
		if err != nil {
			return false, err
		}
		d = d.Over(old)
		d.Version, d.Reviewer = newest.Number, old.Reviewer
	}
	files, err := d.Render()
	if err != nil {
		return false, err
	}
	if newest.Number > 0 && (sameText(files, newest.Files) || sameMeaning(d.ID, files, newest.Files)) {
		return true, nil
	}
	_, err = l.put(c, who, origin, d, newest, "imported")
	return false, err
}

// sameMeaning compares what files say, not how they are written.
func sameMeaning(id string, a, b map[string]string) bool {
	write := func(files map[string]string) map[string]string {
		d, err := imports.FromFiles(id, files)
		if err != nil {
			return nil
		}
		out, err := d.Render()
		if err != nil {
			return nil
		}
		return out
	}
	x, y := write(a), write(b)
	return x != nil && y != nil && sameText(x, y)
}

// Submit asks for a review; every problem that would keep the article from
// being spoken is told first.
func (l *Library) Submit(ctx context.Context, who, id string, number int) error {
	return l.change(ctx, who, id, number, "submitted", "", func(_ *store.ArticleChange, v *Version) error {
		if v.State != Draft {
			return ErrState
		}
		if problems := l.Problems(*v); len(problems) > 0 {
			return problems[0]
		}
		v.State, v.Note = Review, ""
		return nil
	})
}

// Approve publishes at a time; the zero time is now. Nobody approves a text
// of their own.
func (l *Library) Approve(ctx context.Context, who, id string, number int, at time.Time) error {
	err := l.change(ctx, who, id, number, "approved", stamp(at), func(_ *store.ArticleChange, v *Version) error {
		if v.State != Review {
			return ErrState
		}
		if slices.Contains(v.Authors, who) {
			return ErrOwn
		}
		return l.approve(v, who, at)
	})
	if err != nil {
		return err
	}
	select {
	case l.wake <- struct{}{}: // Run waits for the new date
	default:
	}
	return l.Refresh(ctx)
}

func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}

// approve writes the reviewer into the text and checks it once more.
func (l *Library) approve(v *Version, who string, at time.Time) error {
	if now := l.now(); at.Before(now) {
		at = now
	}
	v.State, v.Reviewer, v.PublishAt, v.EndedAt, v.Machine = Approved, who, at, time.Time{}, nil
	v.Files = maps.Clone(v.Files)
	head := imports.SetField(v.Files[imports.HeadFile], "reviewer", who)
	if d, err := imports.FromFiles(v.Article, v.Files); err == nil && d.ValidFrom == "" {
		head = imports.SetField(head, "valid_from", at.UTC().Format(time.DateOnly))
	}
	v.Files[imports.HeadFile] = head
	if problems := l.Problems(*v); len(problems) > 0 {
		return problems[0]
	}
	return nil
}

// Return gives a version back to its authors with a note.
func (l *Library) Return(ctx context.Context, who, id string, number int, note string) error {
	return l.change(ctx, who, id, number, "returned", note, func(_ *store.ArticleChange, v *Version) error {
		if v.State != Review {
			return ErrState
		}
		v.State, v.Note = Draft, note
		return nil
	})
}

// Rollback publishes an earlier approved text again, at once.
func (l *Library) Rollback(ctx context.Context, who, id string, number int) (int, error) {
	var fresh int
	err := l.change(ctx, who, id, number, "", "", func(c *store.ArticleChange, old *Version) error {
		newest, err := newestOf(c, id)
		if err != nil {
			return err
		}
		if old.State != Approved {
			return ErrState
		}
		now := l.now()
		v := *old
		v.Number, v.Origin, v.Authors, v.Created, v.Changed = newest.Number+1, "rollback", []string{who}, now, now
		v.PublishAt, v.EndedAt = now, time.Time{}
		v.Files = maps.Clone(old.Files)
		v.Files[imports.HeadFile] = imports.SetField(old.Files[imports.HeadFile], "version", itoa(v.Number))
		if problems := l.Problems(v); len(problems) > 0 {
			return problems[0]
		}
		fresh = v.Number
		if err := c.Put(v); err != nil {
			return err
		}
		return c.Event(store.ArticleEvent{Article: id, Number: fresh, Who: who, What: "rolled back", Detail: itoa(number)})
	})
	if err != nil {
		return 0, err
	}
	return fresh, l.Refresh(ctx)
}

// Withdraw takes an article off the line at once; what is scheduled as well.
func (l *Library) Withdraw(ctx context.Context, who, id, why string) error {
	if err := l.store.ChangeArticles(ctx, func(c *store.ArticleChange) error { return l.end(c, who, id, why) }); err != nil {
		return err
	}
	return l.Refresh(ctx)
}

func (l *Library) end(c *store.ArticleChange, who, id, why string) error {
	all, err := c.Versions(id)
	if err != nil {
		return err
	}
	ended := false
	for _, v := range all {
		if v.State == Approved && v.EndedAt.IsZero() {
			v.EndedAt, ended = l.now(), true
			if err := c.Put(v); err != nil {
				return err
			}
		}
	}
	if !ended {
		return ErrNotSpoken
	}
	return c.Event(store.ArticleEvent{Article: id, Number: all[len(all)-1].Number, Who: who, What: "withdrawn", Detail: why})
}

// change does one step on one version; an empty what leaves version and audit
// trail to f.
func (l *Library) change(ctx context.Context, who, id string, number int, what, detail string, f func(*store.ArticleChange, *Version) error) error {
	return l.store.ChangeArticles(ctx, func(c *store.ArticleChange) error {
		all, err := c.Versions(id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(v Version) bool { return v.Number == number })
		if i < 0 {
			return ErrNotFound
		}
		v := all[i]
		if err := f(c, &v); err != nil || what == "" {
			return err
		}
		v.Changed = l.now()
		if err := c.Put(v); err != nil {
			return err
		}
		return c.Event(store.ArticleEvent{Article: id, Number: number, Who: who, What: what, Detail: detail})
	})
}

func newestOf(c *store.ArticleChange, id string) (Version, error) {
	all, err := c.Versions(id)
	if err != nil || len(all) == 0 {
		return Version{}, err
	}
	return all[len(all)-1], nil
}

// Problems are what would keep a version from being spoken, by file and line.
// Who reviews it and when it begins is written by the approval.
func (l *Library) Problems(v Version) []knowledge.Problem {
	v.Files = maps.Clone(v.Files)
	head := v.Files[imports.HeadFile]
	if d, err := imports.FromFiles(v.Article, v.Files); err == nil {
		if d.Reviewer == "" {
			head = imports.SetField(head, "reviewer", "?")
		}
		if d.ValidFrom == "" {
			head = imports.SetField(head, "valid_from", l.now().UTC().Format(time.DateOnly))
		}
	}
	v.Files[imports.HeadFile] = head
	z, err := archive([]Version{v})
	if err != nil {
		return []knowledge.Problem{{File: v.Article, Text: err.Error()}}
	}
	one := &files{city: l.city}
	one.articles.Store(z)
	_, problems := knowledge.Load(one)
	for i := range problems {
		problems[i].File = strings.TrimPrefix(problems[i].File, articlesFolder+"/")
	}
	return problems
}

// text of a version, for editors.
func text(v Version) (imports.Draft, error) {
	d, err := imports.FromFiles(v.Article, v.Files)
	if err != nil {
		return d, fmt.Errorf("version %d: %w", v.Number, err)
	}
	d.Folder, d.Machine = v.Folder, v.Machine
	return d, nil
}
