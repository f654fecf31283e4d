package redirect

import (
	"net"
	"slices"
	"sync"
	"time"
)

const (
	// maxConnections bounds what is open at once. A browser needs a handful; who
	// floods the port gets no further than this, and no descriptor beyond it.
	maxConnections = 512
	// grace is what even the oldest connection has to say its request, however
	// many others come meanwhile: under a flood a thread may be slow to read it.
	grace = 50 * time.Millisecond
)

// connections holds every open connection, oldest first, so that all can be
// closed at once and none can lock out another: over the bound the oldest
// goes, once it has had its grace, except those that are being answered. The right request is read within a moment of
// its arrival, and a browser whose spare connection was closed opens a new one
// by itself.
type connections struct {
	mu     sync.Mutex
	open   []*connection
	closed bool
}

// connection is a browser's. Only the embedded type's CloseWrite lets net/http
// and the receiver end one without destroying what was sent.
type connection struct {
	*net.TCPConn
	all  *connections
	came time.Time
	kept bool // its request carries the ticket or the state; all.mu guards it
}

// add takes a connection in, or closes it if all is over.
func (all *connections) add(tcp *net.TCPConn) (*connection, bool) {
	all.mu.Lock()
	defer all.mu.Unlock()
	for !all.closed && len(all.open) >= maxConnections {
		oldest := slices.IndexFunc(all.open, func(c *connection) bool { return !c.kept })
		if oldest >= 0 && time.Since(all.open[oldest].came) >= grace {
			_ = all.open[oldest].TCPConn.Close()
			all.open = slices.Delete(all.open, oldest, oldest+1)
			break
		}
		all.mu.Unlock() // the next ones queue in the system meanwhile
		time.Sleep(time.Millisecond)
		all.mu.Lock()
	}
	if all.closed {
		_ = tcp.Close()
		return nil, false
	}
	c := &connection{TCPConn: tcp, all: all, came: time.Now()}
	all.open = append(all.open, c)
	return c, true
}

// keep keeps the connection open until its request is answered.
func (c *connection) keep() {
	c.all.mu.Lock()
	defer c.all.mu.Unlock()
	c.kept = true
}

func (all *connections) forget(c *connection) {
	all.mu.Lock()
	defer all.mu.Unlock()
	for i, open := range all.open {
		if open == c {
			all.open = append(all.open[:i:i], all.open[i+1:]...)
			return
		}
	}
}

// closeAll closes what is open and whatever is added from now on.
func (all *connections) closeAll() {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.closed = true
	for _, c := range all.open {
		_ = c.TCPConn.Close()
	}
	all.open = nil
}

func (c *connection) Close() error {
	c.all.forget(c)
	return c.TCPConn.Close()
}

// listener hands accepted connections to net/http by way of connections.
type listener struct {
	*net.TCPListener
	all *connections
}

func (l listener) Accept() (net.Conn, error) {
	for {
		tcp, err := l.AcceptTCP()
		if err != nil {
			return nil, err
		}
		if c, ok := l.all.add(tcp); ok {
			return c, nil
		}
	}
}
