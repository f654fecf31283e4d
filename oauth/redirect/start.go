package redirect

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
)

// The authorize URL carries the state, and what a program opens is among its
// arguments, which every user of the machine can read. So the browser opens an
// address of this receiver, with a ticket in place of the state, and is sent on
// from there. The ticket is of use to a program of this user alone.

const startPath = "/start/"

// A Peer reports whether the program at the client's end of a connection between
// two addresses of this machine belongs to this user or to root. The connection
// is open. The error says why the system does not tell; it is
// errors.ErrUnsupported where it never does.
type Peer func(client, server netip.AddrPort) (mine bool, err error)

// Start returns the address that leads to authorizeURL. It can be opened again.
func (r *receiver) Start(authorizeURL string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.link = authorizeURL
	return r.start.uri
}

// Contested reports that the start address was opened more than once by programs
// that may be anyone's.
func (r *receiver) Contested() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.unknown > 1
}

// serveStart sends a browser of this user on to Egnyte.
func (r *receiver) serveStart(w http.ResponseWriter, request *http.Request) {
	mine, known := r.mine(request)
	if !mine {
		write(w, http.StatusNotFound, r.pages.Stray)
		return
	}
	r.mu.Lock()
	link := r.link
	if !known {
		r.unknown++
	}
	r.mu.Unlock()
	if link == "" {
		write(w, http.StatusNotFound, r.pages.Stray)
		return
	}
	setHeader(w.Header(), 0)
	w.Header().Set("Location", link)
	w.WriteHeader(http.StatusFound)
}

// mine reports whether a request comes from a program of this user or of root.
// Where that is not known, every program counts as one.
func (r *receiver) mine(request *http.Request) (mine, known bool) {
	c := request.Context().Value(connectionKey{}).(*connection)
	c.keep() // under a flood the tables are long
	client, server := c.RemoteAddr().(*net.TCPAddr), c.LocalAddr().(*net.TCPAddr)
	mine, err := r.peer(client.AddrPort(), server.AddrPort())
	if err == nil {
		return mine, true
	}
	if !errors.Is(err, errors.ErrUnsupported) {
		slog.Warn("can't tell which user's browser came back", "error", err)
	}
	return true, false
}
