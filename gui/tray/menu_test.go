package tray

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// paperMenu is a menu on paper: it notes what was done to it.
type paperMenu struct {
	mu      sync.Mutex
	entries []*paperItem
	touched int
	badge   badge
}

type paperItem struct {
	menu    *paperMenu
	title   string
	hidden  bool
	clicks  chan struct{}
	entries []*paperItem
}

func (m *paperMenu) newItem(title string) *paperItem {
	m.touched++
	return &paperItem{menu: m, title: title, clicks: make(chan struct{})}
}

func (m *paperMenu) add(title string) item {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.newItem(title)
	m.entries = append(m.entries, i)
	return i
}

func (m *paperMenu) separator() { m.add("-") }

func (m *paperMenu) setBadge(b badge) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.badge = b
}

func (i *paperItem) change(act func()) {
	i.menu.mu.Lock()
	defer i.menu.mu.Unlock()
	i.menu.touched++
	act()
}

func (i *paperItem) add(title string) item {
	i.menu.mu.Lock()
	defer i.menu.mu.Unlock()
	sub := i.menu.newItem(title)
	i.entries = append(i.entries, sub)
	return sub
}
func (i *paperItem) setTitle(title string)    { i.change(func() { i.title = title }) }
func (i *paperItem) show()                    { i.change(func() { i.hidden = false }) }
func (i *paperItem) hide()                    { i.change(func() { i.hidden = true }) }
func (i *paperItem) clicked() <-chan struct{} { return i.clicks }

// titles are what the menu shows above its separator.
func (m *paperMenu) titles() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var titles []string
	for _, e := range m.entries {
		if e.title == "-" {
			break
		}
		if !e.hidden {
			titles = append(titles, e.title)
		}
	}
	return titles
}

// find returns the visible entry with that title, or the one below it.
func (m *paperMenu) find(path ...string) *paperItem {
	m.mu.Lock()
	defer m.mu.Unlock()
	entries := m.entries
	var found *paperItem
	for _, title := range path {
		at := slices.IndexFunc(entries, func(i *paperItem) bool { return i.title == title && !i.hidden })
		if at < 0 {
			return nil
		}
		found = entries[at]
		entries = found.entries
	}
	return found
}

func (m *paperMenu) touches() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.touched
}

func paperPool(now *time.Time) (*pool, *paperMenu) {
	m := &paperMenu{}
	return newPool(m, func() time.Time { return *now }, func(int, [3]item) {}), m
}

func named(names ...string) []row {
	var rows []row
	for _, name := range names {
		rows = append(rows, row{account: name, title: name})
	}
	return rows
}

func TestOnlyRowsThatChangedAreTouched(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p, m := paperPool(&now)
	p.show(named("a", "b", "c"))
	before := m.touches()
	p.show(named("a", "b", "c"))
	if got := m.touches() - before; got != 0 {
		t.Errorf("showing the same touched %d entries", got)
	}
	rows := named("a", "b", "c")
	rows[1].title = "b: reconnect"
	p.show(rows)
	if got := m.touches() - before; got != 1 {
		t.Errorf("one change touched %d entries", got)
	}
}

// A click that was meant for the account that a row showed before reaches nobody.
func TestARowThatShowsAnotherAccountIsDeafAtFirst(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p, m := paperPool(&now)
	p.show(named("a", "b"))
	if got := p.account(1); got != "b" {
		t.Errorf("a new row belongs to %q", got)
	}
	p.show(named("b"))
	if got := fmt.Sprint(m.titles()); got != "[b]" {
		t.Error(got)
	}
	for at := range 2 {
		if got := p.account(at); got != "" {
			t.Errorf("a click on row %d reached %q", at, got)
		}
	}
	now = now.Add(settle)
	if got := p.account(0); got != "b" {
		t.Errorf("later, the row belongs to %q", got)
	}
}

// Given more accounts than rows, then one entry below them counts the others.
func TestAMenuThatIsFullSaysHowManyAreLeft(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p, m := paperPool(&now)
	var names []string
	for n := range mostRows + 12 {
		names = append(names, fmt.Sprintf("person%03d", n))
	}
	rows := named(names...)
	p.show(rows)
	for shown, last := range map[int]string{mostRows + 12: "12 more…", mostRows + 1: "1 more…", mostRows: names[mostRows-1], 3: names[2]} {
		p.show(rows[:shown])
		if titles := m.titles(); titles[len(titles)-1] != last || len(titles) > mostRows+1 {
			t.Errorf("%d accounts: %q", shown, titles)
		}
	}
}
