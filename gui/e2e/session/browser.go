//go:build linux

package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
)

// Browser is the session's default browser: Chromium, on X without a window,
// started by the program that opens a link, as on any desktop.
type Browser struct {
	session *Session

	mu      sync.Mutex
	control context.Context // chromedp's; nil until the browser runs
	cancel  context.CancelFunc
	seen    map[target.ID]bool
}

// The flags keep Chromium quiet: no window, no services of its
// maker. Without a window it does not take over the link of a second start, so
// that one goes to the running browser over its control port; what stands
// after /json/new? is cut at the first & there, and unescaped once.
const browserProgram = `#!/bin/bash
cd '%[1]s' && echo "$1" >>opened
if mkdir started 2>/dev/null; then
	setsid bash -c 'echo $$ >pids; exec chromium "$@"' chromium \
		%[4]s --no-sandbox --disable-gpu --disable-quic --no-first-run \
		--disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage \
		--password-store=basic --user-data-dir='%[2]s' --remote-debugging-port=0 %[3]s "$1" </dev/null >>output 2>&1 &
	exit
fi
for try in {1..100}; do
	[ -s '%[2]s/DevToolsActivePort' ] && read -r port <'%[2]s/DevToolsActivePort' && break
	sleep 0.1
done
link=${1//\%%/%%25}
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'PUT /json/new?%%s HTTP/1.1\r\nHost: 127.0.0.1:%%s\r\nConnection: close\r\n\r\n' "${link//&/%%26}" "$port" >&3
read -r <&3
`

const browserEntry = `[Desktop Entry]
Type=Application
Name=Test browser
Exec=%s %%u
MimeType=x-scheme-handler/http;x-scheme-handler/https;text/html;
`

const browserDefaults = `[Default Applications]
x-scheme-handler/http=test-browser.desktop
x-scheme-handler/https=test-browser.desktop
text/html=test-browser.desktop
`

// With a display, xdg-open asks the desktop's handler of http before $BROWSER.
func (s *Session) registerBrowser(context.Context) error {
	s.Browser = &Browser{session: s, seen: map[target.ID]bool{}}
	program, window := filepath.Join(s.Browser.dir(), "browser"), "--headless=new"
	if s.options.Wayland {
		window = "--ozone-platform=wayland"
	}
	for path, text := range map[string]string{
		program: fmt.Sprintf(browserProgram, s.Browser.dir(), s.Browser.profileDir(), quoted(s.options.BrowserFlags), window),
		filepath.Join(s.dataHome(), "applications", "test-browser.desktop"): fmt.Sprintf(browserEntry, program),
		filepath.Join(s.dataHome(), "applications", "mimeapps.list"):        browserDefaults, // not in XDG_CONFIG_HOME, which a test may replace
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			return err
		}
	}
	return nil
}

func quoted(flags []string) string {
	var all strings.Builder
	for _, flag := range flags {
		all.WriteString("'" + flag + "' ")
	}
	return all.String()
}

func (b *Browser) dir() string        { return filepath.Join(b.session.Dir, "browser") }
func (b *Browser) profileDir() string { return filepath.Join(b.dir(), "profile") }

// Program is the browser's program, which takes a link as its argument.
func (b *Browser) Program() string { return filepath.Join(b.dir(), "browser") }

// Opened lists the links that the browser was started with.
func (b *Browser) Opened() []string { return strings.Fields(readAll(filepath.Join(b.dir(), "opened"))) }

// Open opens a link as if the user had pasted it.
func (b *Browser) Open(link string) error {
	_, err := b.session.Start(Spec{Path: b.Program(), Args: []string{link}})
	return err
}

// endpoint is where the running browser is controlled.
func (b *Browser) endpoint() (port, path string, err error) {
	text := strings.Fields(readAll(filepath.Join(b.profileDir(), "DevToolsActivePort")))
	if len(text) != 2 {
		return "", "", errors.New("no browser was started")
	}
	return text[0], text[1], nil
}

// connect attaches to the running browser.
func (b *Browser) connect(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.control != nil && b.control.Err() == nil {
		return nil
	}
	return Eventually(ctx, limit, func() error {
		port, path, err := b.endpoint()
		if err != nil {
			return err
		}
		allocator, cancelAllocator := chromedp.NewRemoteAllocator(context.Background(), "ws://127.0.0.1:"+port+path, chromedp.NoModifyURL)
		quiet := func(string, ...any) {} // Chromium is newer than chromedp and says things it does not know
		control, cancel := chromedp.NewContext(allocator, chromedp.WithErrorf(quiet), chromedp.WithLogf(quiet))
		if err := chromedp.Run(control); err != nil {
			cancel()
			cancelAllocator()
			return err
		}
		b.control, b.cancel = control, func() { cancel(); cancelAllocator() }
		b.seen[chromedp.FromContext(control).Target.TargetID] = true
		return nil
	})
}

type listed struct {
	ID   target.ID `json:"id"`
	Type string    `json:"type"`
	URL  string    `json:"url"`
}

func (b *Browser) tabs(ctx context.Context) ([]listed, error) {
	port, _, err := b.endpoint()
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+"/json/list", nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var all []listed
	err = json.NewDecoder(response.Body).Decode(&all)
	return all, err
}

// Page is a tab that a program opened.
type Page struct {
	ctx   context.Context
	close context.CancelFunc
}

// NextPage waits for a tab that no call has returned yet and whose address
// holds part.
func (b *Browser) NextPage(ctx context.Context, within time.Duration, part string) (*Page, error) {
	if err := b.connect(ctx); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var found target.ID
	err := Eventually(ctx, within, func() error {
		tabs, err := b.tabs(ctx)
		if err != nil {
			return err
		}
		for _, tab := range tabs {
			if tab.Type == "page" && !b.seen[tab.ID] && strings.Contains(tab.URL, part) {
				found = tab.ID
				b.seen[tab.ID] = true
				return nil
			}
		}
		return fmt.Errorf("no new tab among %+v", tabs)
	})
	if err != nil {
		return nil, err
	}
	tab := &Page{}
	tab.ctx, tab.close = chromedp.NewContext(b.control, chromedp.WithTargetID(found))
	return tab, chromedp.Run(tab.ctx, page.BringToFront()) // a window shows chromedp's own tab
}

// Forget drops all cookies: the next sign-in is a stranger's.
func (b *Browser) Forget(ctx context.Context) error {
	if _, _, err := b.endpoint(); err != nil {
		return nil // it has not run yet
	}
	if err := b.connect(ctx); err != nil {
		return err
	}
	return chromedp.Run(b.control, network.ClearBrowserCookies())
}

// Close closes the tab.
func (p *Page) Close() { p.close() }

// run bounds actions, which otherwise wait for ever for what is not there.
func (p *Page) run(what string, actions ...chromedp.Action) error {
	ctx, cancel := context.WithTimeout(p.ctx, limit)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		text, _ := p.Text()
		return fmt.Errorf("%s: %w; the page says: %s", what, err, text)
	}
	return nil
}

// Visit leads the tab to an address, also to one that differs in its fragment only.
func (p *Page) Visit(link string) error {
	return p.run("visit "+link, chromedp.Navigate("about:blank"), chromedp.Navigate(link))
}

// Fill replaces what stands in a field.
func (p *Page) Fill(selector, text string) error {
	return p.run("fill "+selector,
		chromedp.WaitVisible(selector, chromedp.ByQuery),
		chromedp.Evaluate("document.querySelector("+strconv.Quote(selector)+").select()", nil),
		chromedp.SendKeys(selector, text, chromedp.ByQuery))
}

// Click clicks a button or link once it is there.
func (p *Page) Click(selector string) error {
	return p.run("click "+selector, chromedp.Click(selector, chromedp.ByQuery, chromedp.NodeVisible))
}

// WaitFor waits until an element is shown.
func (p *Page) WaitFor(selector string) error {
	return p.run("wait for "+selector, chromedp.WaitVisible(selector, chromedp.ByQuery))
}

// Text is the page's visible text.
func (p *Page) Text() (string, error) {
	var text string
	err := p.evaluate("document.body ? document.body.innerText : ''", &text)
	return text, err
}

// URL is the page's address.
func (p *Page) URL() (string, error) {
	var address string
	err := p.evaluate("location.href", &address)
	return address, err
}

// Address is what the address bar shows: also that of a page that could not be
// loaded, which has no document of its own.
func (p *Page) Address() (string, error) {
	var current int64
	var entries []*page.NavigationEntry
	ctx, cancel := context.WithTimeout(p.ctx, limit)
	defer cancel()
	if err := chromedp.Run(ctx, chromedp.NavigationEntries(&current, &entries)); err != nil {
		return "", err
	}
	if current < 0 || current >= int64(len(entries)) {
		return "", errors.New("the tab has no history")
	}
	return entries[current].URL, nil
}

func (p *Page) evaluate(script string, result any) error {
	ctx, cancel := context.WithTimeout(p.ctx, limit)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate(script, result))
}

// WaitText waits until the page holds text.
func (p *Page) WaitText(ctx context.Context, text string) error {
	return Eventually(ctx, limit, func() error {
		now, err := p.Text()
		if err == nil && !strings.Contains(now, text) {
			err = fmt.Errorf("the page says %q, not %q", now, text)
		}
		return err
	})
}

// Screenshot writes what the tab shows as PNG. On a busy machine Chromium may
// wait for a frame that never comes, so it is asked again.
func (p *Page) Screenshot(path string) error {
	var png []byte
	var err error
	for range 4 {
		ctx, cancel := context.WithTimeout(p.ctx, limit/3)
		err = chromedp.Run(ctx, page.BringToFront(), chromedp.CaptureScreenshot(&png))
		cancel()
		if err == nil {
			return os.WriteFile(path, png, 0o644)
		}
	}
	return fmt.Errorf("take a picture: %w", err)
}

// close ends the browser, which leads a process group of its own. If it ended
// by itself, the number may be another's now.
func (b *Browser) close() {
	if b == nil {
		return
	}
	if b.cancel != nil {
		b.cancel()
	}
	for _, line := range strings.Fields(readAll(filepath.Join(b.dir(), "pids"))) {
		pid, err := strconv.Atoi(line)
		if err != nil || !strings.Contains(arguments(pid), b.profileDir()) {
			continue
		}
		_ = Eventually(context.Background(), limit, func() error {
			if syscall.Kill(-pid, syscall.SIGKILL) == nil {
				return fmt.Errorf("the browser still runs: %d", pid)
			}
			return nil
		})
	}
}
