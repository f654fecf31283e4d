package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"egnyte-accounts/gui/e2e/session"
	"egnyte-accounts/oauth/practice"
)

// A step may take this long before the demo has failed.
const soon = 20 * time.Second

// tour is one run of the demo without a display.
type tour struct {
	*session.Session
	ctx      context.Context
	started  time.Time
	options  options
	pictures string
	count    int
	shown    []byte // what the window showed in the last picture
	secrets  []string
}

// maxPresses limits the keys and clicks from the app's start, which is one, to the
// first account, not counting the browser.
const maxPresses = 6

// onVirtualDesktop does the whole main job.
func onVirtualDesktop(ctx context.Context, o options) (err error) {
	root, err := session.ProjectRoot()
	if err != nil {
		return err
	}
	t := &tour{ctx: ctx, started: time.Now(), options: o, pictures: filepath.Join(root, "build", "demo")}
	if err := os.RemoveAll(t.pictures); err != nil {
		return err
	}
	key := step{"choose the practice Egnyte", t.choosePractice}
	if o.policy != "" {
		egnyte, err := practice.New(practice.Options{})
		if err != nil {
			return err
		}
		defer egnyte.Close()
		if err := t.writePolicy(egnyte); err != nil {
			return err
		}
		defer os.Remove(o.policy)
		key = step{"have the key from the policy", t.haveKey}
	}
	fmt.Println("No display: the demo runs on a virtual desktop.")
	if t.Session, err = session.Start(ctx, session.Options{Wayland: o.wayland}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	t.tell("a desktop: display, window manager, session bus, keyring, tray host, browser")
	return t.take([]step{
		{"start egnyte-accounts", t.startApp},
		key,
		{"add an account", t.addAccount},
		{"sign in in the browser", t.signIn},
		{"count what it took", t.countPresses},
		{"find the account in window, tray and keyring", t.findAccount},
		{"reconnect from the tray", t.reconnect},
		{"look for secrets in what was written", t.lookForSecrets},
	})
}

type step struct {
	what string
	do   func() error
}

func (t *tour) take(steps []step) error {
	for _, s := range steps {
		if err := s.do(); err != nil {
			_ = t.Display.Screenshot(filepath.Join(t.pictures, "failed.png"))
			return fmt.Errorf("%s: %w\n%s", s.what, err, t.Outputs())
		}
	}
	fmt.Printf("Done in %.1f s: app started, key chosen, account added through the browser with a custom domain name,\n"+
		"reconnected from the tray. %d pictures in %s\n", time.Since(t.started).Seconds(), t.count, t.pictures)
	return nil
}

// writePolicy has an administrator set the practice Egnyte's key for everybody.
func (t *tour) writePolicy(egnyte *practice.Server) error {
	key := egnyte.Key()
	t.secrets = append(t.secrets, key.Secret)
	text, err := json.Marshal(map[string]any{
		"service": egnyte.URL(), "client_id": key.ID, "client_secret": key.Secret, "locked": []string{"client_id"},
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(t.options.policy), 0o755); err != nil {
		return err
	}
	return os.WriteFile(t.options.policy, text, 0o644)
}

// tell prints a step that was done, with the time since the start.
func (t *tour) tell(format string, args ...any) {
	fmt.Printf("%6.2f s  %s\n", time.Since(t.started).Seconds(), fmt.Sprintf(format, args...))
}

// picture takes one of the screen, or of a page where there is one. The screen
// has a moment to show what is new, where anything is.
func (t *tour) picture(name string, page *session.Page) error {
	t.count++
	path := filepath.Join(t.pictures, fmt.Sprintf("%02d-%s.png", t.count, name))
	if page != nil {
		return page.Screenshot(path)
	}
	_ = t.Display.Still(t.ctx, t.Display.Screen(), path, 150*time.Millisecond, 2*time.Second)
	return t.Display.Screenshot(path)
}

// view waits for the window to show a view, prints that and takes a picture.
func (t *tour) view(title, name string) error {
	w, err := t.Display.WaitWindow(t.ctx, title+" — ", soon)
	if err != nil {
		return err
	}
	t.tell("window: %s", w.Title)
	if t.shown, err = t.Display.WaitDrawn(t.ctx, w, t.shown); err != nil {
		return err
	}
	return t.picture(name, nil)
}

func (t *tour) startApp() error {
	if err := t.launch(); err != nil {
		return err
	}
	if err := t.view("No account yet", "no-key"); err != nil {
		return err
	}
	if err := t.TrayHost.WaitIcon(t.ctx, soon); err != nil {
		return err
	}
	t.tell("tray: the icon is there")
	return nil
}

// launch starts the app as a click on its entry in the desktop's menu does.
func (t *tour) launch() error {
	if t.options.entry == "" {
		_, err := t.Program("egnyte-accounts")
		return err
	}
	command, err := execOf(t.options.entry)
	if err != nil {
		return err
	}
	t.tell("menu entry: %s", strings.Join(command, " "))
	_, err = t.Start(session.Spec{Path: command[0], Args: command[1:]})
	return err
}

// execOf reads the command of a desktop entry (Desktop Entry Specification 1.5,
// The Exec key), without the places for files and links.
func execOf(entry string) ([]string, error) {
	text, err := os.ReadFile(entry)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		command, found := strings.CutPrefix(strings.TrimSpace(line), "Exec=")
		if !found {
			continue
		}
		words := slices.DeleteFunc(strings.Fields(command), func(word string) bool { return strings.HasPrefix(word, "%") })
		if len(words) > 0 && !strings.ContainsAny(command, `"\`) {
			return words, nil
		}
	}
	return nil, fmt.Errorf("%s holds no plain Exec line", entry)
}

// haveKey: the window asks for no key, and adding an account is what it offers.
func (t *tour) haveKey() error {
	t.tell("policy: the key is the administrator's, so nothing is asked")
	return nil
}

// countPresses: starting the app is the first.
func (t *tour) countPresses() error {
	if err := t.view("Signed in as Jane Smith", "done"); err != nil {
		return err
	}
	n := 1 + t.Display.Presses()
	t.tell("signed in: %d key presses and clicks in all, the app's start among them; at most %d", n, maxPresses)
	if n > maxPresses {
		return fmt.Errorf("%d key presses and clicks, more than %d", n, maxPresses)
	}
	return nil
}

// choosePractice: both views before and after have the same title, so the
// settings tell that it went through.
func (t *tour) choosePractice() error {
	if err := t.Display.Key(t.ctx, "Tab", "Return"); err != nil {
		return err
	}
	err := session.Eventually(t.ctx, soon, func() error {
		text, err := os.ReadFile(filepath.Join(t.ConfigHome(), "egnyte-accounts", "settings.json"))
		if err != nil {
			return err
		}
		var settings struct{ Service string }
		if err := json.Unmarshal(text, &settings); err != nil || settings.Service == "" {
			return errors.New("the settings name no service")
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.tell("window: 'Try it with a practice Egnyte' was chosen by keyboard")
	return t.view("No account yet", "practice")
}

func (t *tour) addAccount() error {
	for _, next := range []struct{ title, name string }{{"Sign in", "sign-in"}, {"Finish in your browser", "waiting"}} {
		if err := t.Display.Key(t.ctx, "Return"); err != nil {
			return err
		}
		if err := t.view(next.title, next.name); err != nil {
			return err
		}
	}
	return nil
}

var passwordPattern = regexp.MustCompile(`\bjsmith\s+(\S+)`)

func (t *tour) signIn() error {
	page, err := t.Browser.NextPage(t.ctx, soon, "egnyte.localhost")
	if err != nil {
		return err
	}
	defer page.Close()
	if err := t.picturedPage(page, "#domain", "browser-domain"); err != nil {
		return err
	}
	if err := errors.Join(page.Fill("#domain", "files.acme.example"), page.Click("#continue")); err != nil {
		return err
	}
	t.tell("browser: Enhanced Auth was given the custom name files.acme.example")
	if err := t.picturedPage(page, "#username", "browser-sign-in"); err != nil {
		return err
	}
	text, err := page.Text()
	if err != nil {
		return err
	}
	password := passwordPattern.FindStringSubmatch(text)
	if password == nil {
		return errors.New("the page does not tell whom to practise with")
	}
	t.secrets = append(t.secrets, password[1])
	err = errors.Join(page.Fill("#username", "jsmith"), page.Fill("#password", password[1]), page.Click("#signin"))
	if err != nil {
		return err
	}
	t.tell("browser: signed in as jsmith at acme")
	return t.allow(page)
}

func (t *tour) picturedPage(page *session.Page, until, name string) error {
	return errors.Join(page.WaitFor(until), t.picture(name, page))
}

func (t *tour) allow(page *session.Page) error {
	if err := errors.Join(t.picturedPage(page, "#allow", "browser-consent"), page.Click("#allow")); err != nil {
		return err
	}
	if err := page.WaitText(t.ctx, "You can close this tab"); err != nil {
		return err
	}
	t.tell("browser: allowed; 'You can close this tab'")
	return t.picture("browser-done", page)
}

func (t *tour) findAccount() error {
	if _, err := t.TrayHost.WaitMenu(t.ctx, soon, "Jane Smith — acme", "Reconnect"); err != nil {
		return err
	}
	menu, err := t.TrayHost.Menu()
	if err != nil {
		return err
	}
	t.tell("tray: the menu shows the account\n            %s", strings.ReplaceAll(strings.TrimSpace(menu.String()), "\n", "\n            "))
	if err := t.noteItem(); err != nil {
		return err
	}
	t.tell("keyring: holds the account")
	if err := t.Display.Key(t.ctx, "Return"); err != nil {
		return err
	}
	return t.view("Accounts", "accounts")
}

// noteItem reads the account's keyring item: whatever it holds of tokens must
// not be anywhere else.
func (t *tour) noteItem() error {
	items, err := t.Secrets("egnyte-accounts")
	if err != nil {
		return err
	}
	for _, item := range items {
		var fields map[string]any
		if !strings.HasPrefix(item.User, "jsmith@acme.") || json.Unmarshal([]byte(item.Text), &fields) != nil {
			continue
		}
		found := 0
		for name, value := range fields {
			if text, ok := value.(string); ok && (strings.Contains(name, "access") || strings.Contains(name, "refresh")) && text != "" {
				t.secrets = append(t.secrets, text)
				found++
			}
		}
		if found > 0 {
			return nil
		}
	}
	return errors.New("the keyring holds no token of jsmith")
}

func (t *tour) reconnect() error {
	seen := len(t.Notifications.All())
	if err := t.TrayHost.Click(t.ctx, "Jane Smith — acme", "Reconnect"); err != nil {
		return err
	}
	t.tell("tray: Reconnect was chosen")
	page, err := t.Browser.NextPage(t.ctx, soon, "egnyte.localhost")
	if err != nil {
		return err
	}
	defer page.Close()
	if err := t.allow(page); err != nil { // the browser is still signed in
		return err
	}
	shown, err := t.Notifications.Wait(t.ctx, soon, seen, "Jane Smith")
	if err != nil {
		return err
	}
	t.tell("notification: %s %s", shown.Summary, shown.Body)
	return errors.Join(t.noteItem(), t.picture("reconnected", nil))
}

func (t *tour) lookForSecrets() error {
	if err := t.GrepSecrets(t.secrets...); err != nil {
		return err
	}
	t.tell("no token or password stands in any output, file or process argument")
	return nil
}
