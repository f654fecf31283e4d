package redirect

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"egnyte-accounts/assets"
	"egnyte-accounts/oauth"
)

// A page is read to its end by a browser that is slow, though the receiver is
// closed at once; and by one that sent more than was read, where a plain close
// would have TCP reset the connection under the page. The browser's own buffer
// is smaller than a page, so that what is not yet read is truly on its way.
func TestThePageOutlivesTheReceiver(t *testing.T) {
	t.Parallel()
	for query, page := range map[string]assets.Page{
		"code=right": assets.CameBack, "error=access_denied": assets.Denied, "error=x": assets.Failed,
	} {
		for name, more := range map[string]string{"slow": "", "slow and talkative": strings.Repeat("more\r\n", 6000)} {
			t.Run(query+" "+name, func(t *testing.T) {
				t.Parallel()
				r := listenAt(t, "http://127.0.0.1/callback")
				conn := dialNarrow(t, r)
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

// dialNarrow connects with the smallest receive buffer that the system gives.
func dialNarrow(t *testing.T, r oauth.Receiver) net.Conn {
	t.Helper()
	dialer := net.Dialer{Timeout: patience, Control: func(_, _ string, raw syscall.RawConn) (err error) {
		controlErr := raw.Control(func(fd uintptr) {
			err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 1)
		})
		return errors.Join(controlErr, err)
	}}
	conn, err := dialer.Dial("tcp", hostOf(t, r))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return conn
}
