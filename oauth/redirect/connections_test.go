package redirect

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"egnyte-accounts/assets"
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

// A page is read to its end by a browser that is slow, though the receiver is
// closed at once; and by one that sent more than was read, where a plain close
// would have TCP reset the connection under the page.
func TestThePageOutlivesTheReceiver(t *testing.T) {
	t.Parallel()
	for query, page := range map[string]assets.Page{
		"code=right": assets.CameBack, "error=access_denied": assets.Denied, "error=x": assets.Failed,
	} {
		for name, more := range map[string]string{"slow": "", "slow and talkative": strings.Repeat("more\r\n", 6000)} {
			t.Run(query+" "+name, func(t *testing.T) {
				t.Parallel()
				r := listenAt(t, "http://127.0.0.1/callback")
				conn := dialReceiver(t, r)
				request := plainRequest("GET", "/callback?"+query+"&state="+testState, hostOf(t, r))
				if _, err := io.WriteString(conn, request+more); err != nil {
					t.Fatal(err)
				}
				receive(t, r)
				if err := r.Close(); err != nil {
					t.Fatal(err)
				}
				reply, err := http.ReadResponse(bufio.NewReaderSize(iotest.OneByteReader(conn), 16), nil)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(reply.Body)
				if err != nil || string(body) != page.HTML() {
					t.Errorf("%d of %d bytes of the page came: %v", len(body), len(page.HTML()), err)
				}
			})
		}
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

// A browser that has gone before its page came has been heard all the same.
func TestABrowserThatHangsUpIsHeard(t *testing.T) {
	t.Parallel()
	r := listenAt(t, "http://127.0.0.1/callback")
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
