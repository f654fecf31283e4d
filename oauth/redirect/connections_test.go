package redirect

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
)

// Close does not wait for what a browser keeps open, and leaves nothing open.
func TestSpareConnectionsEndWithTheReceiver(t *testing.T) {
	t.Parallel()
	r := listenAt(t, "http://127.0.0.1/callback")
	var spare []net.Conn
	for i := range 8 {
		conn := dialReceiver(t, r)
		if i%2 == 0 { // one that is in the middle of a request
			_, _ = io.WriteString(conn, "GET /callback HT")
		}
		spare = append(spare, conn)
	}
	endsWell(t, r)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for _, conn := range spare {
		if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a spare connection outlived the receiver: %v", err)
		}
	}
}

func TestIdleConnectionsDoNotLockOutTheRightRequest(t *testing.T) {
	t.Parallel()
	r := listenAt(t, "http://127.0.0.1/callback")
	for range 500 {
		conn := dialReceiver(t, r)
		_, _ = io.WriteString(conn, "G") // as slowly as can be
	}
	endsWell(t, r)
	all := &r.(*receiver).all
	all.mu.Lock()
	defer all.mu.Unlock()
	if len(all.open) > maxConnections {
		t.Errorf("%d connections are open, the bound is %d", len(all.open), maxConnections)
	}
}

func TestTheRightRequestMayComeInPieces(t *testing.T) {
	t.Parallel()
	r := listenAt(t, "http://127.0.0.1/callback")
	conn := dialReceiver(t, r)
	_ = conn.SetNoDelay(true)
	for _, piece := range strings.SplitAfter(plainRequest("GET", "/callback?code=right&state="+testState, hostOf(t, r)), "") {
		if _, err := io.WriteString(conn, piece); err != nil {
			t.Fatal(err)
		}
	}
	if callback := receive(t, r); callback.Code.Reveal() != "right" {
		t.Errorf("got %+v", callback)
	}
}

// Given a browser that is gone before its page came, but not before it was seen
// whose it is, then its request counts.
func TestABrowserThatHangsUpIsHeard(t *testing.T) {
	t.Parallel()
	r := listenWith(t, Listener{Peer: peers(true, nil)}, "http://127.0.0.1/callback")
	conn := dialReceiver(t, r)
	if _, err := io.WriteString(conn, plainRequest("GET", "/callback?code=right&state="+testState, hostOf(t, r))); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if callback := receive(t, r); callback.Code.Reveal() != "right" {
		t.Errorf("got %+v", callback)
	}
}

func TestThePortIsFreeAgainAfterClose(t *testing.T) {
	t.Parallel()
	for range 20 {
		r := listenAt(t, "http://127.0.0.1/callback")
		host := hostOf(t, r)
		spare := dialReceiver(t, r)
		endsWell(t, r)
		_ = r.Close()
		again, err := net.Listen("tcp", host)
		if err != nil {
			t.Fatalf("the port is still taken: %v", err)
		}
		_ = again.Close()
		_ = spare.Close()
	}
}

func TestNothingIsAcceptedAfterClose(t *testing.T) {
	t.Parallel()
	r := listenAt(t, "http://127.0.0.1/callback")
	host := hostOf(t, r)
	_ = r.Close()
	if conn, err := net.Dial("tcp", host); err == nil {
		_ = conn.Close()
		t.Error(fmt.Sprint("something still listens at ", host))
	}
}
