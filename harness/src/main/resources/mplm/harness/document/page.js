// SPDX-License-Identifier: GPL-2.0-or-later
// The page is whole without this. It makes tables sortable, lets curves and rows be hidden, and shows values of points at once.
'use strict';

const add = (parent, name, properties = {}) => {
  const element = Object.assign(document.createElement(name), properties);
  parent.append(element);
  return element;
};

const mark = (element, name, on) => element.classList[on ? 'add' : 'remove'](name);

/** A click on a column's name sorts by it, numbers as numbers, what has none last. */
function sortable(table) {
  const rows = table.tBodies[0];
  Array.from(table.tHead.rows[0].cells).forEach((cell, column) => {
    const name = cell.textContent;
    cell.textContent = '';
    add(cell, 'button', {type: 'button', textContent: name, title: 'sort'}).addEventListener('click', () => {
      const down = cell.getAttribute('aria-sort') === 'ascending';
      Array.from(cell.parentNode.cells).forEach(other => other.removeAttribute('aria-sort'));
      cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const text = row => row.cells[column].textContent;
      const numbers = Array.from(rows.rows).some(row => !Number.isNaN(parseFloat(text(row))));
      const compare = (one, other) => {
        if (!numbers) return text(one).localeCompare(text(other), 'en', {numeric: true}) * (down ? -1 : 1);
        const [a, b] = [parseFloat(text(one)), parseFloat(text(other))];
        return Number.isNaN(a) || Number.isNaN(b) ? Number.isNaN(a) - Number.isNaN(b) : (a - b) * (down ? -1 : 1);
      };
      Array.from(rows.rows).sort(compare).forEach(row => rows.append(row));
    });
  });
}

/** Rows without the words that are typed are hidden. */
function searchable(table) {
  const choice = document.createElement('div');
  choice.className = 'choice';
  table.parentNode.before(choice);
  const input = add(choice, 'input', {type: 'search', placeholder: 'rows with, such as mplm', ariaLabel: 'show rows with these words'});
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/);
    Array.from(table.tBodies[0].rows).forEach(row => {
      mark(row, 'unmatched', !words.every(word => row.textContent.toLowerCase().includes(word)));
    });
  });
}

/** A box for each curve of a chart hides it there, and its rows in the table below. */
function choosable(figure) {
  const curves = new Set(Array.from(figure.querySelectorAll('.point')).map(point => point.classList[1]));
  if (curves.size < 2) return;
  const table = figure.nextElementSibling && figure.nextElementSibling.querySelector('table');
  const choice = document.createElement('div');
  choice.className = 'choice';
  figure.before(choice);
  curves.forEach(curve => {
    const label = add(choice, 'label');
    const box = add(label, 'input', {type: 'checkbox', checked: true});
    label.append(' ' + curve.replace(/^curve-/, ''));
    box.addEventListener('change', () => {
      for (const part of [figure, table]) {
        part && part.querySelectorAll('.' + CSS.escape(curve)).forEach(own => mark(own, 'hidden', !box.checked));
      }
    });
  });
}

/** The value of a point, beside it, when it is pointed at, tapped or focused. */
function telling(points) {
  const tip = add(document.body, 'div', {id: 'tip', className: 'hidden'});
  const hide = () => tip.classList.add('hidden');
  points.forEach(point => {
    point.querySelector('title').remove();
    const show = () => {
      tip.textContent = point.getAttribute('aria-label');
      tip.classList.remove('hidden');
      const at = point.getBoundingClientRect();
      tip.style.left = Math.max(4, Math.min(at.right + 4, innerWidth - tip.offsetWidth - 4)) + 'px';
      tip.style.top = Math.max(4, at.top - tip.offsetHeight - 2) + 'px';
    };
    for (const event of ['pointerenter', 'focus']) point.addEventListener(event, show);
    for (const event of ['pointerleave', 'blur']) point.addEventListener(event, hide);
  });
  addEventListener('scroll', hide, true);
}

const MANY = 8;
// first: what is put above a table would stand between a chart and its own
document.querySelectorAll('figure').forEach(choosable);
document.querySelectorAll('table').forEach(table => {
  if (table.tHead && table.tBodies[0].rows.length > 1) sortable(table);
  if (table.tHead && table.tBodies[0].rows.length > MANY) searchable(table);
});
telling(document.querySelectorAll('.point'));
