package sync

import (
	"bufio"
	"bytes"
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// robots are the rules of a host for us (RFC 9309).
type robots struct {
	rules []rule
	delay time.Duration
}

type rule struct {
	path  string
	allow bool
}

// rules asks a host for its robots.txt once a visit; without one all is allowed.
func (v *visitor) rules(ctx context.Context, u *url.URL) *robots {
	if r := v.robots[u.Host]; r != nil {
		return r
	}
	r := &robots{}
	if p, err := v.fetch(ctx, u.Scheme+"://"+u.Host+"/robots.txt", "", "", 512<<10); err == nil {
		r = parseRobots(p.data)
	}
	v.robots[u.Host] = r
	return r
}

// parseRobots takes the group for us, or the one for everybody.
func parseRobots(data []byte) *robots {
	groups := map[string]*robots{}
	var current []*robots
	naming := false
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		key, value, ok := strings.Cut(line, ":")
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		if !ok {
			continue
		}
		if key == "user-agent" {
			if !naming {
				current = nil
			}
			naming = true
			name := strings.ToLower(value)
			if groups[name] == nil {
				groups[name] = &robots{}
			}
			current = append(current, groups[name])
			continue
		}
		naming = false
		for _, g := range current {
			g.take(key, value)
		}
	}
	for _, name := range []string{strings.ToLower(agent), "*"} {
		if g := groups[name]; g != nil {
			return g
		}
	}
	return &robots{}
}

func (r *robots) take(key, value string) {
	switch key {
	case "allow", "disallow":
		if value != "" {
			r.rules = append(r.rules, rule{value, key == "allow"})
		}
	case "crawl-delay":
		if s, err := strconv.ParseFloat(value, 64); err == nil && s > 0 {
			r.delay = min(time.Duration(min(s, 3600)*float64(time.Second)), maxDelay)
		}
	}
}

// allow follows the longest rule that fits (RFC 9309 section 2.2.2).
func (r *robots) allow(path string) bool {
	best, allowed := -1, true
	for _, rule := range r.rules {
		if !fits(rule.path, path) {
			continue
		}
		if len(rule.path) > best || len(rule.path) == best && rule.allow {
			best, allowed = len(rule.path), rule.allow
		}
	}
	return allowed
}

// fits matches a rule with "*" for anything and "$" for the end.
func fits(pattern, path string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(path, parts[0]) {
		return false
	}
	rest := path[len(parts[0]):]
	for i, part := range parts[1:] {
		if whole && i == len(parts)-2 {
			return strings.HasSuffix(rest, part)
		}
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			return false
		}
		rest = after
	}
	return !whole || rest == ""
}
