package redirect

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"egnyte-accounts/assets"
	"egnyte-accounts/oauth"
)

const (
	maxHeader   = 64 << 10         // bytes
	readLimit   = 10 * time.Second // for a whole request, from the connect
	writeLimit  = 5 * time.Second
	lingerLimit = 5 * time.Second // for a browser to take its page and close
)

// receiver waits on loopback for the one request that carries the state.
type receiver struct {
	address   address
	state     string
	server    *http.Server
	listeners []*net.TCPListener
	pages     assets.Pages
	peer      Peer
	start     address // leads to Egnyte; its path holds a ticket that only this sign-in's browser is given
	all       connections
	callback  chan oauth.Callback
	closed    chan struct{}
	close     sync.Once
	fragment  atomic.Bool // the implicit grant's answer is waited for

	leaving sync.Mutex // held while the connection of the page leaves Close's reach

	mu       sync.Mutex
	accepted string // what ended the wait, a query or a fragment; empty while waiting
	link     string // where the start address leads; empty until it is known
	unknown  int    // how often the start address was opened by a program that may be anyone's
}

// newReceiver serves the redirect address at listeners, with https where secure
// is not nil, and the start address at start, which may be the same ones.
func (l Listener) newReceiver(a address, state string, listeners, start []*net.TCPListener, secure *tls.Config) (*receiver, error) {
	at, err := parseAddress("http://" + start[0].Addr().String() + startPath + rand.Text())
	if err != nil {
		closeAll(append(start, listeners...))
		return nil, err
	}
	r := &receiver{
		address: a, start: at, state: state, listeners: listeners, pages: l.pages(), peer: l.Peer,
		callback: make(chan oauth.Callback, 1), closed: make(chan struct{}),
	}
	if r.peer == nil {
		r.peer = systemPeer
	}
	r.server = &http.Server{
		Handler:                      r,
		ReadTimeout:                  readLimit,
		WriteTimeout:                 writeLimit,
		MaxHeaderBytes:               maxHeader,
		DisableGeneralOptionsHandler: true,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connectionKey{}, below(c))
		},
		ErrorLog: log.New(io.Discard, "", 0), // it would quote requests
	}
	r.server.SetKeepAlivesEnabled(false)
	for _, tcp := range listeners {
		var accepts net.Listener = listener{tcp, &r.all}
		if secure != nil {
			accepts = tls.NewListener(accepts, secure)
		}
		go func() { _ = r.server.Serve(accepts) }()
	}
	if secure != nil {
		r.listeners = append(r.listeners, start...)
		for _, tcp := range start {
			go func() { _ = r.server.Serve(listener{tcp, &r.all}) }()
		}
	}
	return r, nil
}

// RedirectURI is the registered address with the port that was bound.
func (r *receiver) RedirectURI() string { return r.address.uri }

// State is the sign-in's own, and behind a relay page the port too.
func (r *receiver) State() string { return r.state }

// ByHand is false.
func (r *receiver) ByHand() bool { return false }

// Receive waits for the right request. It returns the cause of ctx's end, or
// net.ErrClosed after Close.
func (r *receiver) Receive(ctx context.Context) (oauth.Callback, error) {
	return receiveFrom(ctx, r.callback, r.closed)
}

// receiveFrom prefers a callback that is there to an end that is there too.
func receiveFrom(ctx context.Context, callbacks <-chan oauth.Callback, closed <-chan struct{}) (oauth.Callback, error) {
	select {
	case callback := <-callbacks:
		return callback, nil
	default:
	}
	select {
	case callback := <-callbacks:
		return callback, nil
	case <-ctx.Done():
		return oauth.Callback{}, context.Cause(ctx)
	case <-closed:
		return oauth.Callback{}, net.ErrClosed
	}
}

// Close frees the port and cuts every connection, whatever a browser still
// holds open. Only the page that ended the wait goes on to its reader.
func (r *receiver) Close() error {
	r.close.Do(func() {
		r.leaving.Lock()
		defer r.leaving.Unlock()
		close(r.closed)
		closeAll(r.listeners)
		r.all.closeAll()
		_ = r.server.Close()
	})
	return nil
}

// ServeHTTP answers every request, and ends the wait on the right one.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if misplaced(request, r.start, false) == 0 {
		r.serveStart(w, request)
		return
	}
	if status := misplaced(request, r.address, r.fragment.Load()); status != 0 {
		write(w, status, r.pages.Stray)
		return
	}
	if r.fragment.Load() {
		r.serveFragment(w, request)
		return
	}
	callback, err := readCallback(request.URL.RawQuery, request.Referer(), r.state)
	if err != nil {
		write(w, http.StatusBadRequest, r.pages.Stray)
		return
	}
	r.answer(w, request, request.URL.RawQuery, callback)
}

// answer ends the wait with what a request of this user brought, unless it is over.
func (r *receiver) answer(w http.ResponseWriter, request *http.Request, brought string, callback oauth.Callback) {
	if mine, _ := r.mine(request); !mine {
		write(w, http.StatusBadRequest, r.pages.Stray)
		return
	}
	switch r.claim(brought) {
	case claimedBefore: // a browser that asks twice sees its page again
		write(w, http.StatusOK, r.pageFor(callback))
	case claimedByOther:
		write(w, http.StatusBadRequest, r.pages.Stray)
	case claimed:
		write(w, http.StatusOK, r.pageFor(callback))
		r.leaving.Lock()
		r.callback <- callback // the exchange needn't wait for what is left to do here
		release(w)
		r.leaving.Unlock()
	}
}

// misplaced returns the status for a request that isn't for this address at
// all, and 0 for one that is.
func misplaced(request *http.Request, a address, takesPost bool) int {
	posted := takesPost && request.Method == http.MethodPost
	switch {
	case !strings.HasPrefix(request.RequestURI, "/"), request.ContentLength != 0 && !posted:
		return http.StatusBadRequest // a proxy's form, or a body: no browser follows a redirect like that
	case !a.matchesHost(request.Host), a.secure != (request.TLS != nil):
		return http.StatusMisdirectedRequest
	case request.URL.EscapedPath() != a.path:
		return http.StatusNotFound
	case request.Method != http.MethodGet && !posted:
		return http.StatusMethodNotAllowed
	}
	return 0
}

type claim int

const (
	claimed        claim = iota // this request ends the wait
	claimedBefore               // the same one did before
	claimedByOther              // another one did before
)

func (r *receiver) claim(brought string) claim {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch r.accepted {
	case "":
		r.accepted = brought
		return claimed
	case brought:
		return claimedBefore
	}
	return claimedByOther
}

func (r *receiver) pageFor(callback oauth.Callback) assets.Page {
	switch callback.Error {
	case "":
		return r.pages.CameBack
	case "access_denied":
		return r.pages.Denied
	}
	return r.pages.Failed
}

// write sends a whole page and flushes it.
func write(w http.ResponseWriter, status int, page assets.Page) {
	writeHTML(w, status, page.HTML(), assets.PagePolicy())
}

func writeHTML(w http.ResponseWriter, status int, body, policy string) {
	header := w.Header()
	setHeader(header, len(body))
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", policy)
	if status == http.StatusMethodNotAllowed {
		header.Set("Allow", http.MethodGet)
	}
	w.WriteHeader(status)
	// A browser that has gone away changes nothing: its request was read.
	_, _ = io.WriteString(w, body)
	_ = http.NewResponseController(w).Flush()
}

// setHeader sets what every answer says.
func setHeader(header http.Header, length int) {
	header.Set("Content-Length", strconv.Itoa(length))
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Connection", "close")
}

// release takes the connection out of Close's reach and ends it gently. A hard
// close while input is unread makes TCP send a reset, and a reset throws away
// what the browser has not read yet: so say that nothing follows, and close
// once the browser has.
func release(w http.ResponseWriter) {
	hijacked, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if secure, ok := hijacked.(*tls.Conn); ok {
		_ = secure.CloseWrite()
	}
	c := below(hijacked)
	c.all.forget(c)
	_ = c.CloseWrite()
	_ = c.SetReadDeadline(time.Now().Add(lingerLimit))
	go func() {
		_, _ = io.Copy(io.Discard, io.LimitReader(c, maxHeader))
		_ = c.Close()
	}()
}

// connectionKey is the key of a request's *connection in its context.
type connectionKey struct{}

// below is the connection that net/http uses, with TLS or without.
func below(c net.Conn) *connection {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	return c.(*connection)
}
