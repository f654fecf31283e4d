package redirect

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"egnyte-accounts/assets"
	"egnyte-accounts/oauth"
)

const (
	testState = "RIGHTSTATE"
	patience  = 20 * time.Second // a wait that takes this long has failed
)

func listenAt(t *testing.T, uri string) oauth.Receiver {
	t.Helper()
	r, err := Listen(t.Context(), uri, testState)
	if err != nil {
		t.Fatalf("listening at %s: %v", uri, err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func hostOf(t *testing.T, r oauth.Receiver) string {
	t.Helper()
	u, err := url.Parse(r.RedirectURI())
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

func dialReceiver(t *testing.T, r oauth.Receiver) *net.TCPConn {
	t.Helper()
	conn, err := net.DialTimeout("tcp", hostOf(t, r), patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return conn.(*net.TCPConn)
}

// browse sends one request as a browser does and reads the whole answer.
func browse(t *testing.T, r oauth.Receiver, method, target string, header ...string) (*http.Response, string) {
	t.Helper()
	return exchange(t, dialReceiver(t, r), plainRequest(method, target, hostOf(t, r), header...))
}

func plainRequest(method, target, host string, header ...string) string {
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", method, target, host, strings.Join(append(header, ""), "\r\n"))
}

func exchange(t *testing.T, conn net.Conn, request string) (*http.Response, string) {
	t.Helper()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	reply, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("reading the answer: %v", err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatalf("reading the page: %v", err)
	}
	return reply, string(body)
}

func receive(t *testing.T, r oauth.Receiver) oauth.Callback {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	callback, err := r.Receive(ctx)
	if err != nil {
		t.Fatalf("the receiver handed nothing over: %v", err)
	}
	return callback
}

func stillWaits(t *testing.T, r oauth.Receiver) {
	t.Helper()
	over, end := context.WithCancel(t.Context())
	end()
	if callback, err := r.Receive(over); err == nil {
		t.Fatalf("the wait was ended by a stray: %+v", callback)
	}
}

// endsWell: the right request comes, gets its page and ends the wait.
func endsWell(t *testing.T, r oauth.Receiver) {
	t.Helper()
	reply, body := browse(t, r, "GET", "/callback?code=right&state="+testState)
	if reply.StatusCode != http.StatusOK || body != assets.CameBack.HTML() {
		t.Errorf("the right request got status %d and not its page", reply.StatusCode)
	}
	if callback := receive(t, r); callback.Code.Reveal() != "right" {
		t.Errorf("the wait was ended by another request: %+v", callback)
	}
}

func TestAStrayGetsAPageAndChangesNothing(t *testing.T) {
	t.Parallel()
	const right = "code=forged&state=" + testState
	host := "{host}"
	strays := map[string]struct {
		method, target, host string
		header               []string
		status               int
	}{
		"wrong state":              {"GET", "/callback?code=x&state=bad", host, nil, 400},
		"prefix of the state":      {"GET", "/callback?code=x&state=RIGHT", host, nil, 400},
		"state with more":          {"GET", "/callback?code=x&state=" + testState + "x", host, nil, 400},
		"empty state":              {"GET", "/callback?code=x&state=", host, nil, 400},
		"error without state":      {"GET", "/callback?error=x", host, nil, 400},
		"denial, wrong state":      {"GET", "/callback?error=access_denied&state=bad", host, nil, 400},
		"state twice":              {"GET", "/callback?" + right + "&state=" + testState, host, nil, 400},
		"right and wrong state":    {"GET", "/callback?state=bad&" + right, host, nil, 400},
		"state twice, one escaped": {"GET", "/callback?" + right + "&st%61te=" + testState, host, nil, 400},
		"code twice":               {"GET", "/callback?code=a&" + right, host, nil, 400},
		"error twice":              {"GET", "/callback?error=a&error=b&state=" + testState, host, nil, 400},
		"neither code nor error":   {"GET", "/callback?state=" + testState, host, nil, 400},
		"both code and error":      {"GET", "/callback?error=access_denied&" + right, host, nil, 400},
		"code and an empty error":  {"GET", "/callback?error=&" + right, host, nil, 400},
		"empty code":               {"GET", "/callback?code=&state=" + testState, host, nil, 400},
		"empty error":              {"GET", "/callback?error=&state=" + testState, host, nil, 400},
		"badly escaped code":       {"GET", "/callback?code=%zz&" + right, host, nil, 400},
		"a token of the implicit":  {"GET", "/callback?access_token=x&state=" + testState, host, nil, 400},
		"favicon":                  {"GET", "/favicon.ico", host, nil, 404},
		"robots":                   {"GET", "/robots.txt", host, nil, 404},
		"no path":                  {"GET", "/?" + right, host, nil, 404},
		"longer path":              {"GET", "/callback/?" + right, host, nil, 404},
		"path in other letters":    {"GET", "/Callback?" + right, host, nil, 404},
		"path by a detour":         {"GET", "/x/../callback?" + right, host, nil, 404},
		"two slashes":              {"GET", "//callback?" + right, host, nil, 404},
		"HEAD":                     {"HEAD", "/callback?" + right, host, nil, 405},
		"POST":                     {"POST", "/callback?" + right, host, []string{"Content-Length: 0"}, 405},
		"POST with a form":         {"POST", "/callback", host, []string{"Content-Length: 2", "Content-Type: application/x-www-form-urlencoded"}, 400},
		"OPTIONS":                  {"OPTIONS", "/callback?" + right, host, []string{"Access-Control-Request-Method: GET"}, 405},
		"OPTIONS of all":           {"OPTIONS", "*", host, nil, 400},
		"another host":             {"GET", "/callback?" + right, "evil.example", nil, 421},
		"a rebound name":           {"GET", "/callback?" + right, "evil.example:{port}", nil, 421},
		"a name under localhost":   {"GET", "/callback?" + right, "x.localhost:{port}", nil, 421},
		"localhost for 127.0.0.1":  {"GET", "/callback?" + right, "localhost:{port}", nil, 421},
		"host without a port":      {"GET", "/callback?" + right, "127.0.0.1", nil, 421},
		"host with another port":   {"GET", "/callback?" + right, "127.0.0.1:1", nil, 421},
		"host with a dot":          {"GET", "/callback?" + right, "127.0.0.1.:{port}", nil, 421},
		"empty host":               {"GET", "/callback?" + right, "", nil, 421},
		"absolute form":            {"GET", "http://{host}/callback?" + right, host, nil, 400},
		"absolute form elsewhere":  {"GET", "http://evil.example/callback?" + right, host, nil, 400},
	}
	for name, stray := range strays {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := listenAt(t, "http://127.0.0.1/callback")
			host := hostOf(t, r)
			_, port, _ := net.SplitHostPort(host)
			fill := strings.NewReplacer("{host}", host, "{port}", port)
			conn := dialReceiver(t, r)
			_, _ = io.WriteString(conn, plainRequest(stray.method, fill.Replace(stray.target), fill.Replace(stray.host), stray.header...))
			reply, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: stray.method})
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(reply.Body)
			if err != nil {
				t.Fatal(err)
			}
			if reply.StatusCode != stray.status {
				t.Errorf("status %d, want %d", reply.StatusCode, stray.status)
			}
			if stray.method != "HEAD" && string(body) != assets.Stray.HTML() {
				t.Errorf("the answer is not the page for strays: %q", body)
			}
			stillWaits(t, r)
			endsWell(t, r)
		})
	}
}

// What net/http refuses before any of our code gets an answer of its own.
func TestWhatIsNoRequestAtAllChangesNothing(t *testing.T) {
	t.Parallel()
	const right = "/callback?code=forged&state=" + testState
	for name, request := range map[string]string{
		"no host":              "GET " + right + " HTTP/1.1\r\n\r\n",
		"two hosts":            "GET " + right + " HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n",
		"noise":                "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n",
		"CONNECT":              "CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n",
		"a megabyte of header": "GET " + right + " HTTP/1.1\r\nHost: {host}\r\nX-Long: " + strings.Repeat("x", 1<<20) + "\r\n\r\n",
		"a megabyte of query":  "GET " + right + "&x=" + strings.Repeat("x", 1<<20) + " HTTP/1.1\r\nHost: {host}\r\n\r\n",
		"a million headers":    "GET " + right + " HTTP/1.1\r\nHost: {host}\r\n" + strings.Repeat("X: y\r\n", 1<<18) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := listenAt(t, "http://127.0.0.1/callback")
			conn := dialReceiver(t, r)
			// The receiver may hang up before all of it is sent.
			_, _ = io.WriteString(conn, strings.ReplaceAll(request, "{host}", hostOf(t, r)))
			answer, _ := io.ReadAll(conn)
			if strings.Contains(string(answer), "200 OK") {
				t.Errorf("it was taken for a good request: %q", answer)
			}
			stillWaits(t, r)
			endsWell(t, r)
		})
	}
}

func TestOnlyTheFirstRightRequestCounts(t *testing.T) {
	t.Parallel()
	r := listenAt(t, "http://127.0.0.1/callback")
	endsWell(t, r)

	// The same once more, as a browser does on reload: the same page.
	reply, body := browse(t, r, "GET", "/callback?code=right&state="+testState)
	if reply.StatusCode != http.StatusOK || body != assets.CameBack.HTML() {
		t.Errorf("a reload got status %d and another page", reply.StatusCode)
	}
	// Another one with the right state: a stray.
	reply, body = browse(t, r, "GET", "/callback?code=other&state="+testState)
	if reply.StatusCode != http.StatusBadRequest || body != assets.Stray.HTML() {
		t.Errorf("a second answer got status %d and another page", reply.StatusCode)
	}
	stillWaits(t, r)
}

func TestTheCallbackIsHandedOverAsItCame(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]oauth.Callback{
		"code=a%2Bb+c&state=S":                                        {Code: oauth.NewSecret("a+b c")},
		"error=access_denied&state=S":                                 {Error: "access_denied"},
		"error=server_error&error_description=50%;x&state=S":          {Error: "server_error", ErrorDescription: "50%;x"},
		"code=c&state=S&egnyte_domain=acme":                           {Code: oauth.NewSecret("c"), Domain: []string{"acme"}},
		"code=c&state=S&domain=acme":                                  {Code: oauth.NewSecret("c"), Domain: []string{"acme"}},
		"code=c&state=S&domain=&egnyte_domain=":                       {Code: oauth.NewSecret("c")},
		"code=c&state=S&domain=b&egnyte_domain=a&domain=c":            {Code: oauth.NewSecret("c"), Domain: []string{"a", "b", "c"}},
		"egnyte_domain=a&egnyte_domain=evil.example&code=c&x&state=S": {Code: oauth.NewSecret("c"), Domain: []string{"a", "evil.example"}},
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			r := listenAt(t, "http://127.0.0.1/callback")
			want.Referer = "https://acme.egnyte.com/"
			browse(t, r, "GET", "/callback?"+strings.ReplaceAll(query, "state=S", "state="+testState), "Referer: "+want.Referer)
			got := receive(t, r)
			if !got.Code.Equal(want.Code) {
				t.Errorf("the code came as %q", got.Code.Reveal())
			}
			got.Code, want.Code = oauth.Secret{}, oauth.Secret{}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestEveryAnswerHasItsPageAndNothingOfTheRequest(t *testing.T) {
	t.Parallel()
	for query, page := range map[string]assets.Page{
		"code=zebra&zebra=zebra":                               assets.CameBack,
		"error=access_denied&error_description=zebra":          assets.Denied,
		"error=zebra&error_uri=%3Cscript%3Ezebra%3C/script%3E": assets.Failed,
		"zebra=zebra": assets.Stray,
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			r := listenAt(t, "http://127.0.0.1/callback")
			reply, body := browse(t, r, "GET", "/callback?"+query+"&state="+testState, "Referer: http://zebra.example", "User-Agent: zebra")
			if body != page.HTML() {
				t.Errorf("another page was shown: %s", body)
			}
			if all := fmt.Sprint(reply.Header, body); strings.Contains(strings.ToLower(all), "zebra") {
				t.Errorf("the answer repeats the request: %s", all)
			}
			for name, want := range map[string]string{
				"Content-Security-Policy": assets.PagePolicy(),
				"Cache-Control":           "no-store",
				"Referrer-Policy":         "no-referrer",
				"X-Content-Type-Options":  "nosniff",
				"Content-Type":            "text/html; charset=utf-8",
			} {
				if got := reply.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if !reply.Close || reply.ContentLength != int64(len(body)) {
				t.Errorf("closes %v, length %d: a browser would wait for more", reply.Close, reply.ContentLength)
			}
		})
	}
}

func TestReceiveEndsWithTheCauseOfItsContext(t *testing.T) {
	t.Parallel()
	r := listenAt(t, "http://127.0.0.1/callback")
	why := errors.New("the window was closed")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if _, err := r.Receive(ctx); !errors.Is(err, why) {
		t.Errorf("got %v, want the cause", err)
	}
	endsWell(t, r)
}

func TestReceiveEndsWhenTheReceiverIsClosed(t *testing.T) {
	t.Parallel()
	r := listenAt(t, "http://127.0.0.1/callback")
	ended := make(chan error, 1)
	go func() { _, err := r.Receive(t.Context()); ended <- err }()
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Errorf("closing, twice: %v", err)
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v, want net.ErrClosed", err)
	}
}

func TestListenWantsAState(t *testing.T) {
	t.Parallel()
	if r, err := Listen(t.Context(), "http://127.0.0.1/callback", ""); err == nil {
		_ = r.Close()
		t.Error("a receiver without a state would take anybody's code")
	}
}
