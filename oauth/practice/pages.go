package practice

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"sync"
)

//go:embed pages
var pageFiles embed.FS

// page is what the pages show; each uses the fields it needs.
type page struct {
	Title   string
	Text    string
	Mobile  bool   // mobile=1: a page for small screens
	Action  string // where the form posts to
	Typed   string // what was typed before, to be mended
	Problem string // why it was refused
	People  []Person
	Person  Person
	Other   string // where somebody else can sign in
	App     string // the host of the redirect address
	Scopes  []string
	Admin   *adminView
}

var (
	// Read when the first page is asked for: egnyte-auth holds this package too,
	// and starts for every token that a script wants.
	style  = sync.OnceValue(func() string { return mustRead("pages/style.css") })
	layout = sync.OnceValue(func() string {
		return strings.Replace(mustRead("pages/layout.html"), "{{style}}", style(), 1)
	})
	// policy allows our style and nothing else. It leaves form-action out:
	// Chromium applies it to the redirect after a posted form too, and Allow
	// ends at an address of the app's.
	policy = sync.OnceValue(func() string {
		return "default-src 'none'; style-src '" + hashOf(style()) + "'; base-uri 'none'; frame-ancestors 'none'"
	})
)

func mustRead(name string) string {
	text, err := pageFiles.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// show writes a page.
func (s *Server) show(w http.ResponseWriter, status int, name string, p page) {
	text, err := fill(strings.Replace(layout(), "{{content}}", mustRead("pages/"+name+".html"), 1), p.fields())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.pageHeaders(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

func (p page) fields() fields {
	f := fields{
		"title": p.Title, "text": p.Text, "mobile": p.Mobile, "action": p.Action, "typed": p.Typed, "problem": p.Problem,
		"people": each(p.People, Person.fields), "other": p.Other, "app": p.App, "scopes": each(p.Scopes, named), "admin": false,
	}
	if p.Person.Username != "" {
		f["person"] = p.Person.fields()
	}
	if p.Admin != nil {
		f["admin"] = p.Admin.fields()
	}
	return f
}

func (p Person) fields() fields {
	return fields{
		"initials": p.Initials(), "name": p.Name(), "username": p.Username,
		"domain": p.Domain, "password": p.Password,
	}
}

func each[T any](all []T, describe func(T) fields) []fields {
	var described []fields
	for _, one := range all {
		described = append(described, describe(one))
	}
	return described
}

func named[T ~string](name T) fields { return fields{"name": string(name)} }

const (
	// referrerOrigin is the browsers' own default: other sites see the origin.
	referrerOrigin = "strict-origin-when-cross-origin"
	referrerNone   = "no-referrer"
)

// pageHeaders is for pages and for redirects between them.
func (s *Server) pageHeaders(w http.ResponseWriter) {
	s.mu.Lock()
	hidden := s.naming == NameNothing
	s.mu.Unlock()
	referrer := referrerOrigin
	if hidden {
		referrer = referrerNone
	}
	h := w.Header()
	h.Set("Referrer-Policy", referrer)
	h.Set("Content-Security-Policy", policy())
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
}
