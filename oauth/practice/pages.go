package practice

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
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
	Style   template.CSS
}

var (
	style = mustRead("pages/style.css")
	// templates are parsed when the first page is asked for: egnyte-auth holds
	// this package too, and starts for every token that a script wants.
	templates = sync.OnceValue(func() map[string]*template.Template {
		return parsePages("message", "domain", "signin", "consent", "admin")
	})
	// policy allows our style and nothing else. It leaves form-action out:
	// Chromium applies it to the redirect after a posted form too, and Allow
	// ends at an address of the app's.
	policy = "default-src 'none'; style-src '" + hashOf(style) + "'; base-uri 'none'; frame-ancestors 'none'"
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

func parsePages(names ...string) map[string]*template.Template {
	pages := map[string]*template.Template{}
	for _, name := range names {
		pages[name] = template.Must(template.ParseFS(pageFiles, "pages/layout.html", "pages/"+name+".html"))
	}
	return pages
}

// show writes a page.
func (s *Server) show(w http.ResponseWriter, status int, name string, p page) {
	p.Style = template.CSS(style) //nolint:gosec // our own file
	var text bytes.Buffer
	if err := templates()[name].Execute(&text, p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.pageHeaders(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes())
}

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
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
}
