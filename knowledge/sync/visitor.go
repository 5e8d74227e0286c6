package sync

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Limits of a visit.
const (
	patience    = 30 * time.Second // for one answer
	maxPage     = 4 << 20          // bytes
	maxSitemap  = 16 << 20
	maxPages    = 5000
	maxSitemaps = 50
	maxRedirect = 5
	maxDelay    = 10 * time.Second // that a robots.txt may ask for
	agent       = "Amtsleitung"
)

var errGone = errors.New("the page is gone")

// visitor asks only the hosts that the configuration names, and minds what
// their robots.txt says.
type visitor struct {
	client *http.Client
	source Source
	hosts  []string
	pause  time.Duration
	robots map[string]*robots // by host
	asked  bool
}

// page is the answer to one request.
type page struct {
	address, etag, modified string
	same                    bool // as the time before
	data                    []byte
}

func (p page) body() io.Reader { return bytes.NewReader(p.data) }

func newVisitor(s *Syncer, source Source) (*visitor, error) {
	u, err := url.Parse(source.Sitemap + source.API)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("source %s has no address", source.Name)
	}
	v := &visitor{source: source, hosts: append([]string{u.Host}, source.Hosts...), pause: s.Pause, robots: map[string]*robots{}}
	v.client = &http.Client{Transport: s.Transport, Timeout: patience, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > maxRedirect {
			return errors.New("leads from page to page without end")
		}
		return v.may(r.URL)
	}}
	return v, nil
}

// may says whether an address is on a configured host.
func (v *visitor) may(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || !slices.Contains(v.hosts, u.Host) {
		return fmt.Errorf("%s is on no configured host (%s)", u.Redacted(), strings.Join(v.hosts, ", "))
	}
	return nil
}

// wait is the pause between two pages.
func (v *visitor) wait(ctx context.Context) error {
	pause := v.pause
	for _, r := range v.robots {
		pause = max(pause, r.delay)
	}
	if !v.asked {
		pause = 0
	}
	v.asked = true
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// get asks for a page unless robots.txt forbids it.
func (v *visitor) get(ctx context.Context, address, etag, modified string) (page, error) {
	u, err := url.Parse(address)
	if err != nil {
		return page{}, fmt.Errorf("%q is no address", address)
	}
	if err := v.may(u); err != nil {
		return page{}, err
	}
	if r := v.rules(ctx, u); !r.allow(u.EscapedPath()) {
		return page{}, fmt.Errorf("%s: robots.txt forbids it", address)
	}
	return v.fetch(ctx, address, etag, modified, maxPage)
}

func (v *visitor) fetch(ctx context.Context, address, etag, modified string, limit int64) (page, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return page{}, fmt.Errorf("%q is no address", address)
	}
	if err := v.may(r.URL); err != nil {
		return page{}, err
	}
	r.Header.Set("User-Agent", agent)
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	if modified != "" {
		r.Header.Set("If-Modified-Since", modified)
	}
	if v.source.Token != "" && v.source.API == address {
		r.Header.Set("Authorization", "Bearer "+v.source.Token)
	}
	resp, err := v.client.Do(r)
	if err != nil {
		return page{}, fmt.Errorf("ask %s: %w", address, err)
	}
	defer resp.Body.Close()
	p := page{address: address, etag: resp.Header.Get("ETag"), modified: resp.Header.Get("Last-Modified")}
	switch resp.StatusCode {
	case http.StatusNotModified:
		p.same = true
		return p, nil
	case http.StatusNotFound, http.StatusGone:
		return p, fmt.Errorf("%s: %w", address, errGone)
	case http.StatusOK:
	default:
		return p, fmt.Errorf("%s answers %s", address, resp.Status)
	}
	if p.data, err = io.ReadAll(io.LimitReader(resp.Body, limit+1)); err != nil {
		return p, fmt.Errorf("read %s: %w", address, err)
	}
	if int64(len(p.data)) > limit {
		return p, fmt.Errorf("%s is larger than %d MB", address, limit>>20)
	}
	return p, nil
}

// sitemap returns the addresses of a sitemap, or of those it lists.
func (v *visitor) sitemap(ctx context.Context, address string) ([]string, error) {
	queue, seen := []string{address}, map[string]bool{}
	var out []string
	for n := 0; len(queue) > 0; n++ {
		if n >= maxSitemaps {
			return nil, fmt.Errorf("%s lists more than %d sitemaps", address, maxSitemaps)
		}
		p, err := v.fetch(ctx, queue[0], "", "", maxSitemap)
		if err != nil {
			return nil, err
		}
		queue = queue[1:]
		pages, maps, err := parseSitemap(p.data)
		if err != nil {
			return nil, fmt.Errorf("sitemap %s: %w", p.address, err)
		}
		for _, m := range maps {
			if !seen[m] {
				seen[m] = true
				queue = append(queue, m)
			}
		}
		for _, a := range pages {
			if !seen[a] && v.wanted(a) {
				seen[a] = true
				out = append(out, a)
			}
		}
		if len(out) > maxPages {
			return nil, fmt.Errorf("%s lists more than %d pages; narrow it with below", address, maxPages)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("sitemap %s lists no page of %s", address, strings.Join(v.hosts, ", "))
	}
	return out, nil
}

// wanted says whether a page is on a configured host and below the path.
func (v *visitor) wanted(address string) bool {
	u, err := url.Parse(address)
	return err == nil && v.may(u) == nil && strings.HasPrefix(u.Path, v.source.Below)
}

// parseSitemap reads <urlset> and <sitemapindex>.
func parseSitemap(data []byte) (pages, maps []string, err error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(label string, _ io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("encoding %s instead of UTF-8", label)
	}
	parent, inLoc, root := "", false, false
	var loc strings.Builder
	for depth := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, fmt.Errorf("is no well-formed XML: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > 10 {
				return nil, nil, errors.New("has elements nested deeper than 10")
			}
			root = root || t.Name.Local == "urlset" || t.Name.Local == "sitemapindex"
			if t.Name.Local == "loc" {
				inLoc = true
				loc.Reset()
			} else if depth == 2 {
				parent = t.Name.Local
			}
		case xml.CharData:
			if inLoc {
				loc.Write(t)
			}
		case xml.EndElement:
			depth--
			if t.Name.Local != "loc" || depth != 2 {
				continue
			}
			inLoc = false
			if parent == "sitemap" {
				maps = append(maps, strings.TrimSpace(loc.String()))
			} else {
				pages = append(pages, strings.TrimSpace(loc.String()))
			}
		}
	}
	if !root {
		return nil, nil, errors.New("is no sitemap (urlset or sitemapindex)")
	}
	return pages, maps, nil
}
